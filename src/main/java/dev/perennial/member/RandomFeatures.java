// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.FixedPoint;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Fixed random Fourier features of the Gaussian kernel (Rahimi and Recht 2007): {@code sqrt(2) cos(w x + b)}, and a
 * constant.
 *
 * <p>Directions are drawn from a seed and the member's place alone, so they are the same for every task and every server.
 * Directions, inputs and results are rounded to fixed point: the projection and every Gram matrix of the results are sums
 * of exact products and do not depend on order (see {@link FixedPoint}). Immutable.
 */
public final class RandomFeatures {
    private static final double DIRECTION_QUANTUM = 0x1p-12;

    private final View view;
    private final double width;
    private final int count;
    private final List<float[]> directions;
    private final double[] phases;

    private RandomFeatures(View view, double width, int count, List<float[]> directions, double[] phases) {
        this.view = view;
        this.width = width;
        this.count = count;
        this.directions = directions;
        this.phases = phases;
    }

    /**
     * @param view which members are looked at
     * @param dimensions length of each member's block of features
     * @param count number of cosines
     * @param width width of the kernel that they approximate
     */
    public static RandomFeatures of(View view, List<Integer> dimensions, int count, double width) {
        List<float[]> directions = new ArrayList<>();
        for (int m = 0; m < dimensions.size(); m++) {
            boolean seen = view.member() < 0 || view.member() == m;
            directions.add(seen ? draw(dimensions.get(m), count, 31L * m + count) : new float[0]);
        }
        Random random = new Random(count);
        double[] phases = random.doubles(count).map(u -> 2 * Math.PI * u).toArray();
        return new RandomFeatures(view, width, count, directions, phases);
    }

    /** Number of features, the constant included. */
    public int size() {
        return count + 1;
    }

    public View view() {
        return view;
    }

    public double width() {
        return width;
    }

    /** The features of one input: multiples of {@code 2^-12} in [-1.5, 1.5]. */
    public double[] of(Features features) {
        double[] phi = new double[count + 1];
        int members = 0;
        for (int m = 0; m < directions.size(); m++) {
            if (directions.get(m).length > 0) {
                project(features.byMember().get(m), directions.get(m), phi);
                members++;
            }
        }
        finish(phi, 0, members, phi, 0);
        return phi;
    }

    /** The features of many inputs, one row each: the same bits as {@link #of(Features)}. */
    public Matrix of(List<Features> inputs, LinearAlgebra algebra) {
        Matrix projected = Matrix.zeros(inputs.size(), count);
        int members = 0;
        for (int m = 0; m < directions.size(); m++) {
            float[] matrix = directions.get(m);
            if (matrix.length > 0) {
                Matrix blocks = Matrix.zeros(inputs.size(), matrix.length / count);
                for (int i = 0; i < inputs.size(); i++) {
                    widen(inputs.get(i).byMember().get(m), blocks.data(), i * blocks.columns());
                }
                Matrix wide = Matrix.zeros(blocks.columns(), count);
                widen(matrix, wide.data(), 0);
                algebra.addProduct(blocks, wide, projected);
                members++;
            }
        }
        Matrix phi = Matrix.zeros(inputs.size(), count + 1);
        for (int i = 0; i < inputs.size(); i++) {
            finish(projected.data(), i * count, members, phi.data(), i * (count + 1));
        }
        return phi;
    }

    private void finish(double[] projected, int from, int members, double[] phi, int to) {
        double scale = Math.sqrt(2 * width / members);
        for (int j = 0; j < count; j++) {
            phi[to + j] = FixedPoint.round(Math.sqrt(2) * Math.cos(projected[from + j] * scale + phases[j]));
        }
        phi[to + count] = 1;
    }

    private static void widen(float[] from, double[] to, int at) {
        for (int i = 0; i < from.length; i++) {
            to[at + i] = from[i];
        }
    }

    private void project(float[] block, float[] matrix, double[] sum) {
        for (int i = 0; i < block.length; i++) {
            double z = block[i];
            int row = i * count;
            for (int j = 0; j < count; j++) {
                sum[j] += z * matrix[row + j];
            }
        }
    }

    private static float[] draw(int dimension, int count, long seed) {
        Random random = new Random(seed);
        float[] matrix = new float[dimension * count];
        for (int i = 0; i < matrix.length; i++) {
            double gaussian = Math.max(-7.9, Math.min(7.9, random.nextGaussian()));
            matrix[i] = (float) (Math.rint(gaussian / DIRECTION_QUANTUM) * DIRECTION_QUANTUM);
        }
        return matrix;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RandomFeatures that
                && view.equals(that.view)
                && width == that.width
                && count == that.count
                && Arrays.equals(phases, that.phases);
    }

    @Override
    public int hashCode() {
        return 31 * view.hashCode() + count;
    }
}
