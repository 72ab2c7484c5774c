// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.List;

/**
 * The port to a dense linear algebra library. Implementations are safe for concurrent use and give the same bits for
 * the same operands.
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

    /** {@code A B}. */
    FloatMatrix multiply(FloatMatrix a, FloatMatrix b);

    /** {@code A B'}. */
    FloatMatrix multiplyTransposed(FloatMatrix a, FloatMatrix b);

    /** Writes {@code A B} over {@code product}, on the calling thread and without a copy of the operands. */
    void multiply(DirectMatrix a, DirectMatrix b, DirectMatrix product);

    /**
     * Writes {@code A B'} over {@code product}, as {@link #multiply(DirectMatrix, DirectMatrix, DirectMatrix)} does.
     */
    void multiplyTransposed(DirectMatrix a, DirectMatrix b, DirectMatrix product);

    /**
     * Writes {@code A' B} over {@code product}, as {@link #multiply(DirectMatrix, DirectMatrix, DirectMatrix)} does.
     */
    void transposedMultiply(DirectMatrix a, DirectMatrix b, DirectMatrix product);

    /** A Gram matrix of nothing yet, of so many rows and columns. */
    GramMatrix gramMatrix(int size);

    /**
     * The Cholesky factor of a symmetric positive definite matrix, of which the lower triangle is read.
     *
     * @throws ArithmeticException when the matrix is not positive definite
     */
    Cholesky cholesky(Matrix symmetric);

    /** A factorisation {@code A = L L'}. Closing it frees its memory at once. */
    interface Cholesky extends AutoCloseable {

        /** {@code A^-1 B}, written over {@code b}. */
        Matrix solve(Matrix b);

        /**
         * {@code C A^-1 C'} for some choices C of the rows of {@code B}, with the accuracy of single precision.
         *
         * @param blocks the rows of each choice
         */
        List<Matrix> forms(FloatMatrix b, List<int[]> blocks);

        /** {@code A^-1}, in full. Consumes the factor, which must not be used afterwards. */
        Matrix inverse();

        @Override
        void close();
    }
}
