// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import java.util.Arrays;

/**
 * The negative sum of the moduli of differences: of real numbers (TransE) or of complex ones, whose real parts come
 * first (RotatE). Objects are taken in blocks that are transposed, so that the innermost loop runs over objects and
 * needs no sum across them.
 */
record Distance(boolean complex, int rank) implements Likeness {
    private static final int BLOCK = 256;

    /** Keeps the gradient finite where two numbers meet. */
    private static final float SMALLEST = 1e-12f;

    /** The score of one query and one object. */
    float score(float[] query, float[] object) {
        float sum = 0;
        for (int k = 0; k < rank; k++) {
            float x = query[k] - object[k];
            float y = complex ? query[k + rank] - object[k + rank] : 0;
            sum -= complex ? (float) Math.sqrt(x * x + y * y + SMALLEST) : Math.abs(x);
        }
        return sum;
    }

    @Override
    public void scores(DirectMatrix queries, DirectMatrix objects, DirectMatrix scores) {
        float[] query = new float[queries.columns()];
        float[] sums = new float[BLOCK];
        for (int from = 0; from < objects.rows(); from += BLOCK) {
            int count = Math.min(BLOCK, objects.rows() - from);
            float[][] block = transposed(objects.rows(from, count));
            DirectMatrix part = scores.columns(from, count);
            for (int i = 0; i < queries.rows(); i++) {
                queries.readRow(i, query);
                Arrays.fill(sums, 0);
                for (int k = 0; k < rank; k++) {
                    if (complex) {
                        subtractModuli(new Complex(query[k], query[k + rank]), block[k], block[k + rank], sums);
                    } else {
                        subtractModuli(query[k], block[k], sums);
                    }
                }
                part.writeRow(i, sums);
            }
        }
    }

    @Override
    public void queryGradient(Scored scored, DirectMatrix gradient) {
        float[] query = new float[gradient.columns()];
        Slopes slopes = new Slopes();
        DirectMatrix objects = scored.objects();
        float[][] sums = new float[gradient.rows()][gradient.columns()];
        for (int from = 0; from < objects.rows(); from += BLOCK) {
            int count = Math.min(BLOCK, objects.rows() - from);
            float[][] block = transposed(objects.rows(from, count));
            DirectMatrix part = scored.gradient().columns(from, count);
            for (int i = 0; i < gradient.rows(); i++) {
                scored.queries().readRow(i, query);
                part.readRow(i, slopes.weights);
                for (int k = 0; k < rank; k++) {
                    slope(query, block, k, slopes);
                    sums[i][k] += sum(slopes.real, count);
                    if (complex) {
                        sums[i][k + rank] += sum(slopes.imaginary, count);
                    }
                }
            }
        }
        for (int i = 0; i < gradient.rows(); i++) {
            gradient.writeRow(i, sums[i]);
        }
    }

    @Override
    public void objectGradient(Scored scored, DirectMatrix gradient) {
        float[] query = new float[gradient.columns()];
        Slopes slopes = new Slopes();
        for (int from = 0; from < gradient.rows(); from += BLOCK) {
            int count = Math.min(BLOCK, gradient.rows() - from);
            float[][] block = transposed(scored.objects().rows(from, count));
            float[][] sums = new float[block.length][BLOCK];
            DirectMatrix part = scored.gradient().columns(from, count);
            for (int i = 0; i < scored.queries().rows(); i++) {
                scored.queries().readRow(i, query);
                part.readRow(i, slopes.weights);
                for (int k = 0; k < rank; k++) {
                    slope(query, block, k, slopes);
                    subtract(slopes.real, sums[k]);
                    if (complex) {
                        subtract(slopes.imaginary, sums[k + rank]);
                    }
                }
            }
            writeTransposed(sums, gradient.rows(from, count));
        }
    }

    private record Complex(float real, float imaginary) {}

    /** For one query, one number of it and a block of objects. */
    private static final class Slopes {
        final float[] weights = new float[BLOCK];
        final float[] real = new float[BLOCK];
        final float[] imaginary = new float[BLOCK];
    }

    private void slope(float[] query, float[][] block, int k, Slopes slopes) {
        if (complex) {
            complexSlope(new Complex(query[k], query[k + rank]), block[k], block[k + rank], slopes);
        } else {
            realSlope(query[k], block[k], slopes);
        }
    }

    private static void subtractModuli(float number, float[] others, float[] sums) {
        for (int j = 0; j < BLOCK; j++) {
            sums[j] -= Math.abs(number - others[j]);
        }
    }

    private static void subtractModuli(Complex number, float[] real, float[] imaginary, float[] sums) {
        float numberReal = number.real;
        float numberImaginary = number.imaginary;
        for (int j = 0; j < BLOCK; j++) {
            float x = numberReal - real[j];
            float y = numberImaginary - imaginary[j];
            sums[j] -= (float) Math.sqrt(x * x + y * y + SMALLEST);
        }
    }

    private static void realSlope(float number, float[] others, Slopes slopes) {
        float[] weights = slopes.weights;
        float[] real = slopes.real;
        for (int j = 0; j < BLOCK; j++) {
            float x = number - others[j];
            real[j] = -weights[j] * x / (Math.abs(x) + SMALLEST);
        }
    }

    private static void complexSlope(Complex number, float[] othersReal, float[] othersImaginary, Slopes slopes) {
        float[] weights = slopes.weights;
        float[] real = slopes.real;
        float[] imaginary = slopes.imaginary;
        for (int j = 0; j < BLOCK; j++) {
            float x = number.real - othersReal[j];
            float y = number.imaginary - othersImaginary[j];
            float factor = -weights[j] / (float) Math.sqrt(x * x + y * y + SMALLEST);
            real[j] = factor * x;
            imaginary[j] = factor * y;
        }
    }

    private static void subtract(float[] numbers, float[] sums) {
        for (int j = 0; j < BLOCK; j++) {
            sums[j] -= numbers[j];
        }
    }

    private static float sum(float[] numbers, int count) {
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        int j = 0;
        for (; j + 3 < count; j += 4) {
            first += numbers[j];
            second += numbers[j + 1];
            third += numbers[j + 2];
            fourth += numbers[j + 3];
        }
        for (; j < count; j++) {
            first += numbers[j];
        }
        return first + second + third + fourth;
    }

    private static float[][] transposed(DirectMatrix objects) {
        float[] row = new float[objects.columns()];
        float[][] block = new float[objects.columns()][BLOCK];
        for (int j = 0; j < objects.rows(); j++) {
            objects.readRow(j, row);
            for (int k = 0; k < row.length; k++) {
                block[k][j] = row[k];
            }
        }
        return block;
    }

    private static void writeTransposed(float[][] block, DirectMatrix objects) {
        float[] row = new float[objects.columns()];
        for (int j = 0; j < objects.rows(); j++) {
            for (int k = 0; k < row.length; k++) {
                row[k] = block[k][j];
            }
            objects.writeRow(j, row);
        }
    }
}
