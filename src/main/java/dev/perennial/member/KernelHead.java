// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.Matrix;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * Kernel ridge regression with the Gaussian kernel {@code exp(-width |a-b|^2)}: exact, one coefficient row per example.
 *
 * @param view which members it looks at
 * @param width kernel width, positive
 * @param ridge added to the kernel matrix' diagonal, divided by each example's weight
 * @param support features of the examples; the same list for all heads of an ensemble, which then share distances
 * @param coefficients one row per example, one column per output; must not be changed
 */
public record KernelHead(View view, double width, double ridge, List<Features> support, Matrix coefficients)
        implements Head {

    /**
     * The same head over features of the same examples with more members at the end.
     *
     * @param other as many as in {@link #support}
     */
    public KernelHead over(List<Features> other) {
        return new KernelHead(view, width, ridge, other, coefficients);
    }

    @Override
    public double[] scores(Query query) {
        double[] squaredDistances = query.squaredDistances(view, support);
        int outputs = coefficients.columns();
        double[] scores = new double[outputs];
        double[] data = coefficients.data();
        for (int i = 0; i < coefficients.rows(); i++) {
            double k = Math.exp(-width * squaredDistances[i]);
            int row = i * outputs;
            for (int c = 0; c < outputs; c++) {
                scores[c] += k * data[row + c];
            }
        }
        return scores;
    }

    @Override
    public double kernel(Features a, Features b) {
        return Math.exp(-width * view.squaredDistance(a, b));
    }

    @Override
    public Matrix fitted() {
        return coefficients;
    }

    @Override
    public void addTo(MessageDigest digest) {
        Digests.add(digest, width, ridge);
        for (Features features : support) {
            for (float[] block : features.byMember()) {
                ByteBuffer bytes = ByteBuffer.allocate(block.length * Float.BYTES);
                bytes.asFloatBuffer().put(block);
                digest.update(bytes);
            }
        }
        Digests.add(digest, coefficients.data());
    }
}
