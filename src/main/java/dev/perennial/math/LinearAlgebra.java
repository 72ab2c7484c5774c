// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * The port to a dense linear algebra library, in double precision. Implementations are safe for concurrent use and give
 * the same bits for the same operands.
 */
public interface LinearAlgebra {

    /** {@code A B}. */
    default Matrix multiply(Matrix a, Matrix b) {
        Matrix product = Matrix.zeros(a.rows(), b.columns());
        addProduct(a, b, product);
        return product;
    }

    /** Adds {@code A B} to {@code sum}. */
    void addProduct(Matrix a, Matrix b, Matrix sum);

    /** {@code A B'}. */
    Matrix multiplyTransposed(Matrix a, Matrix b);

    /** Adds {@code A' B} to {@code sum}. */
    void addTransposedProduct(Matrix a, Matrix b, Matrix sum);

    /**
     * The Cholesky factor of a symmetric positive definite matrix, of which the lower triangle is read. The operand is
     * overwritten and belongs to the factor afterwards.
     *
     * @throws ArithmeticException when the matrix is not positive definite
     */
    Cholesky cholesky(Matrix symmetric);

    /** A factorisation {@code A = L L'}. */
    interface Cholesky {

        /** {@code A^-1 B}, written over {@code b}. */
        Matrix solve(Matrix b);

        /** {@code B L'^-1}, written over {@code b}: the squared norm of row i is {@code b_i A^-1 b_i'}. */
        Matrix whiten(Matrix b);

        /** {@code A^-1}, in full. Consumes the factor, which must not be used afterwards. */
        Matrix inverse();
    }
}
