// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ridge regression of vectors on means of table rows: the table {@code E} with the least {@code sum_i |mean_(t in i)
 * E_t - y_i|^2 + ridge sum_t |E_t - P_t|^2} for a prior table {@code P}. Solved by conjugate gradients with a diagonal
 * preconditioner (Hestenes and Stiefel 1952), every component a system of its own. Rows that occur in no mean stay as
 * in the prior. Sums are taken in a fixed order, so the result does not depend on the number of threads.
 *
 * <p>Used by one thread, which is helped by the others of the {@link java.util.concurrent.ForkJoinPool} that it belongs
 * to, or of the common one.
 */
public final class RowRegression {
    private static final int ROWS_PER_SUM = 256;

    private final int[][] means;
    private final int[][] meansByRow;
    private final FloatMatrix targets;
    private final double ridge;
    private final int components;

    /**
     * @param means the rows of each mean, at least one, with repetitions
     * @param rows number of rows of the table
     * @param targets one row for each mean
     * @param ridge positive
     */
    public RowRegression(List<int[]> means, int rows, FloatMatrix targets, double ridge) {
        this.means = means.toArray(int[][]::new);
        this.meansByRow = inverse(this.means, rows);
        this.targets = targets;
        this.ridge = ridge;
        this.components = targets.columns();
    }

    private static int[][] inverse(int[][] means, int rows) {
        int[] counts = new int[rows];
        for (int[] mean : means) {
            for (int row : mean) {
                counts[row]++;
            }
        }
        int[][] inverse = new int[rows][];
        Arrays.setAll(inverse, row -> new int[counts[row]]);
        for (int i = 0; i < means.length; i++) {
            for (int row : means[i]) {
                inverse[row][inverse[row].length - counts[row]--] = i;
            }
        }
        return inverse;
    }

    /** @param prior the table without any evidence, which stays as it is */
    public FloatMatrix fit(FloatMatrix prior, int iterations) {
        FloatMatrix table = FloatMatrix.zeros(prior.rows(), components);
        System.arraycopy(prior.data(), 0, table.data(), 0, prior.data().length);
        FloatMatrix missing = meansOf(prior);
        for (int i = 0; i < missing.data().length; i++) {
            missing.data()[i] = targets.data()[i] - missing.data()[i];
        }
        FloatMatrix residual = sumsOf(missing);
        FloatMatrix direction = preconditioned(residual);
        double[] product = products(residual, direction);
        for (int iteration = 0; iteration < iterations; iteration++) {
            FloatMatrix image = sumsOf(meansOf(direction));
            add(image, constant(ridge), direction);
            double[] step = quotients(product, products(direction, image));
            add(table, step, direction);
            add(residual, negative(step), image);
            FloatMatrix better = preconditioned(residual);
            double[] next = products(residual, better);
            add(better, quotients(next, product), direction);
            direction = better;
            product = next;
        }
        return table;
    }

    private FloatMatrix meansOf(FloatMatrix table) {
        FloatMatrix result = FloatMatrix.zeros(means.length, components);
        IntStream.range(0, means.length).parallel().forEach(i -> {
            for (int row : means[i]) {
                addRow(result, i, 1f / means[i].length, new FloatRow(table, row));
            }
        });
        return result;
    }

    /** The transpose of {@link #meansOf}. */
    private FloatMatrix sumsOf(FloatMatrix vectors) {
        FloatMatrix result = FloatMatrix.zeros(meansByRow.length, components);
        IntStream.range(0, meansByRow.length).parallel().forEach(row -> {
            for (int i : meansByRow[row]) {
                addRow(result, row, 1f / means[i].length, new FloatRow(vectors, i));
            }
        });
        return result;
    }

    private record FloatRow(FloatMatrix matrix, int row) {}

    private void addRow(FloatMatrix sum, int row, float factor, FloatRow term) {
        float[] to = sum.data();
        float[] from = term.matrix().data();
        int at = row * components;
        int source = term.row() * components;
        for (int k = 0; k < components; k++) {
            to[at + k] += factor * from[source + k];
        }
    }

    private FloatMatrix preconditioned(FloatMatrix residual) {
        FloatMatrix result = FloatMatrix.zeros(residual.rows(), components);
        IntStream.range(0, residual.rows()).parallel().forEach(row -> {
            if (meansByRow[row].length > 0) {
                addRow(result, row, (float) (1 / diagonal(row)), new FloatRow(residual, row));
            }
        });
        return result;
    }

    /** Up to repetitions of a row within a mean. */
    private double diagonal(int row) {
        double sum = ridge;
        for (int i : meansByRow[row]) {
            sum += 1.0 / means[i].length / means[i].length;
        }
        return sum;
    }

    /** The scalar product of each component's column. */
    private double[] products(FloatMatrix a, FloatMatrix b) {
        int parts = (a.rows() + ROWS_PER_SUM - 1) / ROWS_PER_SUM;
        double[][] sums = new double[parts][components];
        IntStream.range(0, parts).parallel().forEach(part -> {
            int end = Math.min(a.rows(), (part + 1) * ROWS_PER_SUM) * components;
            int from = part * ROWS_PER_SUM * components;
            for (int i = from; i < end; i++) {
                sums[part][(i - from) % components] += (double) a.data()[i] * b.data()[i];
            }
        });
        double[] product = new double[components];
        for (double[] sum : sums) {
            for (int k = 0; k < components; k++) {
                product[k] += sum[k];
            }
        }
        return product;
    }

    private void add(FloatMatrix sum, double[] factors, FloatMatrix term) {
        IntStream.range(0, sum.rows()).parallel().forEach(row -> {
            int at = row * components;
            for (int k = 0; k < components; k++) {
                sum.data()[at + k] += (float) (factors[k] * term.data()[at + k]);
            }
        });
    }

    private double[] constant(double value) {
        double[] all = new double[components];
        Arrays.fill(all, value);
        return all;
    }

    private static double[] negative(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    /** Zero where nothing is left to be divided: that component is solved. */
    private static double[] quotients(double[] dividends, double[] divisors) {
        double[] quotients = new double[dividends.length];
        Arrays.setAll(quotients, k -> divisors[k] > Double.MIN_NORMAL ? dividends[k] / divisors[k] : 0);
        return quotients;
    }
}
