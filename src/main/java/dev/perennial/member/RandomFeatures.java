// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.Cosine;
import dev.perennial.math.FixedPoint;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.Hadamard;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Fixed features of the Gaussian kernel, {@code sqrt(2) cos(w x + b)} for random w and b, then the input itself, and a
 * constant. The input carries what is linear without the noise of the cosines; it is left out where it would have more
 * components than there are cosines.
 *
 * <p>The directions w are the rows of {@code sqrt(d) H S1 H S2 H S3} with the normalised Hadamard matrix H and random
 * signs S (structured orthogonal random features, Yu et al. 2016): they approximate the kernel better than independent
 * Gaussian directions, need no matrix in memory and cost {@code d log d} each. Signs and phases come from a fixed seed,
 * so features are the same for every task and every server. Results are in fixed point, which single precision holds
 * exactly, so that Gram matrices of them do not depend on order (see {@link FixedPoint}). Immutable; safe for
 * concurrent use.
 */
public final class RandomFeatures {
    private static final int ROUNDS = 3;

    private static final float SQUARE_ROOT_OF_TWO = (float) Math.sqrt(2);
    /** Share of the linear kernel beside the Gaussian one. */
    private static final double LINEAR_SHARE = 0.25;

    private final View view;
    private final double width;
    private final int count;
    private final int linear;
    private final int padded;
    private final float[][][] signs;
    /** In turns, per transform. */
    private final float[][] phases;

    /**
     * @param view which members are looked at
     * @param dimension length of all blocks that are looked at, together
     * @param count number of cosines
     * @param width width of the kernel that they approximate
     */
    public RandomFeatures(View view, int dimension, int count, double width) {
        this.view = view;
        this.width = width;
        this.count = count;
        this.linear = dimension <= count ? dimension : 0;
        this.padded = Math.max(2, Integer.highestOneBit(dimension - 1) << 1);
        Random random = new Random(0x9E3779B97F4A7C15L);
        int transforms = (count + padded - 1) / padded;
        this.signs = new float[transforms][ROUNDS][padded];
        for (float[][] transform : signs) {
            for (float[] round : transform) {
                for (int k = 0; k < padded; k++) {
                    round[k] = random.nextBoolean() ? 1 : -1;
                }
            }
        }
        this.phases = new float[transforms][padded];
        for (float[] transform : phases) {
            for (int k = 0; k < padded; k++) {
                transform[k] = (float) random.nextDouble();
            }
        }
    }

    /** Number of features, the constant included. */
    public int size() {
        return count + linear + 1;
    }

    public View view() {
        return view;
    }

    public double width() {
        return width;
    }

    /** The features of one input: multiples of {@code 2^-12}. */
    public float[] of(Features features) {
        float[] phi = new float[size()];
        write(features, phi, 0);
        return phi;
    }

    /** The features of many inputs, one row each. */
    public FloatMatrix of(List<Features> inputs) {
        FloatMatrix phi = FloatMatrix.zeros(inputs.size(), size());
        IntStream.range(0, inputs.size()).parallel().forEach(i -> write(inputs.get(i), phi.data(), i * size()));
        return phi;
    }

    private void write(Features features, float[] phi, int at) {
        float[] input = view.concatenated(features, padded);
        // One normalised transform has length-preserving rows; sqrt(d) makes them as long as Gaussian directions.
        double radians = Math.sqrt(2 * width) * Math.sqrt(padded) / Math.pow(padded, ROUNDS / 2.0);
        float scale = (float) (radians / (2 * Math.PI));
        for (int t = 0; t < signs.length; t++) {
            float[] projected = input.clone();
            for (float[] round : signs[t]) {
                flip(projected, round);
                Hadamard.transform(projected);
            }
            wave(projected, phases[t], scale);
            int from = t * padded;
            System.arraycopy(projected, 0, phi, at + from, Math.min(count - from, padded));
        }
        float share = (float) Math.sqrt(LINEAR_SHARE * count);
        for (int k = 0; k < linear; k++) {
            phi[at + count + k] = FixedPoint.round(share * input[k]);
        }
        phi[at + count + linear] = 1;
    }

    private static void flip(float[] values, float[] signs) {
        for (int k = 0; k < values.length; k++) {
            values[k] *= signs[k];
        }
    }

    /** A loop of its own, so that it is compiled to vector instructions. */
    private static void wave(float[] angles, float[] phases, float scale) {
        for (int j = 0; j < angles.length; j++) {
            angles[j] = FixedPoint.round(SQUARE_ROOT_OF_TWO * Cosine.ofTurns(angles[j] * scale + phases[j]));
        }
    }
}
