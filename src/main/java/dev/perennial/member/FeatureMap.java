// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.encode.Encoded;
import dev.perennial.math.FixedPoint;
import dev.perennial.task.InputKind;
import java.util.ArrayList;
import java.util.List;

/**
 * How the members' embeddings of an input become {@link Features}: each block is divided by the encoder's
 * {@link Spread}. Fixed by the members and the kind of input alone, the same for every task. Immutable.
 *
 * @param input what is asked about
 * @param spreads one per member
 * @param closest the members that say how close the texts of a pair are
 */
public record FeatureMap(InputKind input, List<Spread> spreads, View closest) {
    public FeatureMap {
        spreads = List.copyOf(spreads);
    }

    /** The features of an input whose vectors come in the order of the members; an empty vector has an empty block. */
    public Features features(Encoded encoded) {
        List<float[]> blocks = new ArrayList<>(spreads.size());
        for (int m = 0; m < spreads.size(); m++) {
            float[] vectors = encoded.vectors().get(m);
            blocks.add(input == InputKind.TEXT ? single(vectors, spreads.get(m)) : pair(vectors, spreads.get(m)));
        }
        return new Features(blocks);
    }

    /** Length of each member's block, for encoders of the given dimensions. */
    public List<Integer> dimensions(List<Integer> encoderDimensions) {
        int blocks = input == InputKind.TEXT ? 1 : PairBlock.values().length;
        return encoderDimensions.stream().map(d -> blocks * d).toList();
    }

    /** How close the two texts of a pair are: 1 for equal texts, 0 for texts as far apart as unrelated ones. */
    public double closeness(Encoded encoded) {
        return closeness(encoded, closest);
    }

    /** The same as some members see it; of these, only those that say such things. */
    public double closeness(Encoded encoded, View view) {
        double sum = 0;
        int end = Math.min(view.end(), closest.end());
        for (int m = view.first(); m < end; m++) {
            float[] vectors = encoded.vectors().get(m);
            int dimension = vectors.length / 3;
            double distance = 0;
            for (int k = 0; k < dimension; k++) {
                double gap = vectors[k] - vectors[dimension + k];
                distance += gap * gap;
            }
            sum += Math.max(0, 1 - distance / spreads.get(m).text());
        }
        return FixedPoint.round(sum / (end - view.first()));
    }

    /** The same for more members, whose vectors come after the others and say nothing of closeness. */
    public FeatureMap with(List<Spread> more) {
        List<Spread> all = new ArrayList<>(spreads);
        all.addAll(more);
        return new FeatureMap(input, all, closest);
    }

    private static float[] single(float[] vector, Spread spread) {
        float[] z = new float[vector.length];
        double scale = 1 / Math.sqrt(spread.text());
        for (int k = 0; k < z.length; k++) {
            z[k] = (float) (vector[k] * scale);
        }
        return z;
    }

    private static float[] pair(float[] vectors, Spread spread) {
        int dimension = vectors.length / 3;
        PairBlock[] blocks = PairBlock.values();
        float[] z = new float[blocks.length * dimension];
        for (int at = 0; at < blocks.length; at++) {
            PairBlock block = blocks[at];
            double scale = Math.sqrt(share(block) / spreadOf(block, spread));
            for (int k = 0; k < dimension; k++) {
                z[at * dimension + k] = (float) (block.at(vectors, dimension, k) * scale);
            }
        }
        return z;
    }

    /** Share of a block in the squared distance; how two texts relate counts more than what each is about. */
    private static double share(PairBlock block) {
        return switch (block) {
            case FIRST, SECOND -> 0.05;
            case DIFFERENCE, PRODUCT -> 0.35;
            case JOINED -> 0.2;
        };
    }

    private static double spreadOf(PairBlock block, Spread spread) {
        return switch (block) {
            case FIRST, SECOND -> spread.text();
            case DIFFERENCE -> spread.difference();
            case PRODUCT -> spread.product();
            case JOINED -> spread.joined();
        };
    }
}
