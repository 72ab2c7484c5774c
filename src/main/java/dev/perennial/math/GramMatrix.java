// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * A symmetric matrix {@code G = sum w phi phi'} that grows row by row, kept where the library works on it. When rows
 * and weights are in {@link FixedPoint} the sum is exact: equal sets of rows give equal bits. Owned by one thread at a
 * time.
 */
public interface GramMatrix {
    /** Number of rows, and of columns. */
    int size();

    /**
     * Adds {@code sum_i w_i phi_i phi_i'}.
     *
     * @param phi one row each
     * @param weights one per row; negative to take a row out
     */
    void add(Matrix phi, double[] weights);

    /** A copy of the sum. */
    Matrix copy();

    /**
     * The Cholesky factor of {@code G + ridge I}; this matrix stays as it is.
     *
     * @throws ArithmeticException when the sum is not positive definite
     */
    LinearAlgebra.Cholesky factor(double ridge);
}
