// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.member.View;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the compared methods see of an input: the frozen features of the three encoders one after the other, as the
 * service scales them, less their mean over the service's reference sentences. Of a pair there are five blocks, each of
 * all encoders; a text has the first of them, so that both can be inputs of one network. For one thread.
 */
final class StreamFeatures {
    private static final int PAIR_BLOCKS = 5;

    private final Encoders encoders;
    private final List<Encoder> members;
    private final Map<InputKind, FeatureMap> maps = new EnumMap<>(InputKind.class);
    private final Map<InputKind, double[]> means = new EnumMap<>(InputKind.class);

    StreamFeatures(EncoderPool pool, StreamService.Means shared) {
        this.encoders = new Encoders(pool, shared.encoders());
        View contextual = View.contextual(encoders.ready());
        this.members = encoders.ready().subList(contextual.first(), contextual.end());
        List<String> sentences = ReferenceSentences.read();
        Spreads spreads = shared.spreads();
        for (InputKind kind : InputKind.values()) {
            maps.put(kind, spreads.featureMap(kind, members));
            List<Input> inputs = new ArrayList<>();
            for (int i = 0; i < sentences.size(); i++) {
                Text text = new Text(sentences.get(i));
                Text next = new Text(sentences.get((i + 1) % sentences.size()));
                inputs.add(kind == InputKind.TEXT ? Input.of(text) : Input.of(text, next));
            }
            means.put(kind, mean(raw(kind, inputs)));
        }
    }

    /** Length of a text's features, and of a pair's. */
    int length(InputKind kind) {
        int dimensions =
                members.stream().mapToInt(member -> member.info().dimension()).sum();
        return kind == InputKind.TEXT ? dimensions : PAIR_BLOCKS * dimensions;
    }

    List<float[]> of(InputKind kind, List<Input> inputs) {
        List<float[]> all = raw(kind, inputs);
        double[] mean = means.get(kind);
        for (float[] features : all) {
            for (int k = 0; k < features.length; k++) {
                features[k] -= (float) mean[k];
            }
        }
        return all;
    }

    private List<float[]> raw(InputKind kind, List<Input> inputs) {
        FeatureMap map = maps.get(kind);
        List<float[]> all = new ArrayList<>();
        for (Encoded encoded : Predictor.encode(encoders, members, inputs)) {
            all.add(joined(map.features(encoded), kind == InputKind.TEXT ? 1 : PAIR_BLOCKS));
        }
        return all;
    }

    private float[] joined(Features features, int blocks) {
        float scale = (float) (1 / Math.sqrt(members.size()));
        float[] joined = new float
                [features.byMember().stream().mapToInt(block -> block.length).sum()];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (float[] member : features.byMember()) {
                int length = member.length / blocks;
                for (int k = 0; k < length; k++) {
                    joined[at++] = scale * member[block * length + k];
                }
            }
        }
        return joined;
    }

    private static double[] mean(List<float[]> rows) {
        double[] mean = new double[rows.get(0).length];
        for (float[] row : rows) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += row[k] / rows.size();
            }
        }
        return mean;
    }
}
