// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotri;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;

/**
 * Linear algebra by OpenBLAS.
 *
 * <p>Calls take turns: OpenBLAS already uses the threads it was given, and a fixed number of them keeps the order of
 * summation, and so the bits of a result, the same from call to call.
 */
public final class OpenBlas implements LinearAlgebra {
    private final Object turn = new Object();

    /** @param threads threads of one call */
    public OpenBlas(int threads) {
        blas_set_num_threads(threads);
    }

    @Override
    public void addProduct(Matrix a, Matrix b, Matrix sum) {
        requireEqual(a.columns(), b.rows());
        requireEqual(a.rows(), sum.rows());
        requireEqual(b.columns(), sum.columns());
        gemm(new Operand(a, CblasNoTrans), new Operand(b, CblasNoTrans), sum);
    }

    @Override
    public Matrix multiplyTransposed(Matrix a, Matrix b) {
        requireEqual(a.columns(), b.columns());
        Matrix product = Matrix.zeros(a.rows(), b.rows());
        gemm(new Operand(a, CblasNoTrans), new Operand(b, CblasTrans), product);
        return product;
    }

    @Override
    public void addTransposedProduct(Matrix a, Matrix b, Matrix sum) {
        requireEqual(a.rows(), b.rows());
        requireEqual(a.columns(), sum.rows());
        requireEqual(b.columns(), sum.columns());
        gemm(new Operand(a, CblasTrans), new Operand(b, CblasNoTrans), sum);
    }

    @Override
    public Cholesky cholesky(Matrix symmetric) {
        requireEqual(symmetric.rows(), symmetric.columns());
        int n = symmetric.rows();
        int info;
        synchronized (turn) {
            // The lower triangle in row-major order is the upper one in column-major order, which needs no transposing.
            info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'U', n, symmetric.data(), n);
        }
        if (info != 0) {
            throw new ArithmeticException("not positive definite at " + info);
        }
        return new Factor(symmetric);
    }

    private void gemm(Operand a, Operand b, Matrix sum) {
        if (sum.data().length == 0) {
            return;
        }
        int inner = a.transposition == CblasNoTrans ? a.matrix.columns() : a.matrix.rows();
        if (inner == 0) {
            return;
        }
        synchronized (turn) {
            cblas_dgemm(
                    CblasRowMajor,
                    a.transposition,
                    b.transposition,
                    sum.rows(),
                    sum.columns(),
                    inner,
                    1.0,
                    a.matrix.data(),
                    a.matrix.columns(),
                    b.matrix.data(),
                    b.matrix.columns(),
                    1.0,
                    sum.data(),
                    sum.columns());
        }
    }

    private static void requireEqual(int a, int b) {
        if (a != b) {
            throw new IllegalArgumentException("sizes do not match: " + a + " and " + b);
        }
    }

    private record Operand(Matrix matrix, int transposition) {}

    private final class Factor implements Cholesky {
        private final Matrix lower;

        Factor(Matrix lower) {
            this.lower = lower;
        }

        @Override
        public Matrix solve(Matrix b) {
            requireEqual(lower.rows(), b.rows());
            triangular(CblasLeft, CblasNoTrans, b);
            triangular(CblasLeft, CblasTrans, b);
            return b;
        }

        @Override
        public Matrix whiten(Matrix b) {
            requireEqual(lower.rows(), b.columns());
            triangular(CblasRight, CblasTrans, b);
            return b;
        }

        @Override
        public Matrix inverse() {
            int n = lower.rows();
            synchronized (turn) {
                int info = LAPACKE_dpotri(LAPACK_COL_MAJOR, (byte) 'U', n, lower.data(), n);
                if (info != 0) {
                    throw new ArithmeticException("singular at " + info);
                }
            }
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j < n; j++) {
                    lower.set(i, j, lower.at(j, i));
                }
            }
            return lower;
        }

        private void triangular(int side, int transposition, Matrix b) {
            if (b.data().length == 0) {
                return;
            }
            synchronized (turn) {
                cblas_dtrsm(
                        CblasRowMajor,
                        side,
                        CblasLower,
                        transposition,
                        CblasNonUnit,
                        b.rows(),
                        b.columns(),
                        1.0,
                        lower.data(),
                        lower.rows(),
                        b.data(),
                        b.columns());
            }
        }
    }
}
