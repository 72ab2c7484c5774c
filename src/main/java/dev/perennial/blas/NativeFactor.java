// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dlag2s_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotri;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;
import static org.bytedeco.openblas.global.openblas.cblas_strsm;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A Cholesky factor in native memory. The lower triangle in row-major order is the upper one in column-major order. */
final class NativeFactor implements LinearAlgebra.Cholesky {
    private final DoublePointer lower;
    private final int size;

    private NativeFactor(DoublePointer lower, int size) {
        this.lower = lower;
        this.size = size;
    }

    /** @param symmetric overwritten; belongs to the factor afterwards */
    static NativeFactor of(DoublePointer symmetric, int size) {
        int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'U', size, symmetric, Math.max(1, size));
        if (info != 0) {
            symmetric.close();
            throw new ArithmeticException("not positive definite at " + info);
        }
        return new NativeFactor(symmetric, size);
    }

    @Override
    public Matrix solve(Matrix b) {
        OpenBlas.requireEqual(size, b.rows());
        if (b.data().length == 0) {
            return b;
        }
        try (DoublePointer x = new DoublePointer(b.data())) {
            substitute(CblasNoTrans, x, b.columns());
            substitute(CblasTrans, x, b.columns());
            x.get(b.data());
        }
        return b;
    }

    private void substitute(int transposition, DoublePointer x, int columns) {
        cblas_dtrsm(
                CblasRowMajor,
                CblasLeft,
                CblasLower,
                transposition,
                CblasNonUnit,
                size,
                columns,
                1.0,
                lower,
                size,
                x,
                columns);
    }

    @Override
    public FloatMatrix whiten(FloatMatrix b) {
        OpenBlas.requireEqual(size, b.columns());
        if (b.data().length == 0) {
            return b;
        }
        try (FloatPointer single = new FloatPointer((long) size * size)) {
            int info = LAPACKE_dlag2s_work(LAPACK_COL_MAJOR, size, size, lower, size, single, size);
            if (info != 0) {
                throw new ArithmeticException("too large for single precision: " + info);
            }
            Slabs.forEach(b.rows(), (from, count) -> whiten(single, b, from, count));
        }
        return b;
    }

    private void whiten(FloatPointer single, FloatMatrix b, int from, int count) {
        try (FloatPointer x = new FloatPointer((long) count * size)) {
            x.put(b.data(), from * size, count * size);
            cblas_strsm(
                    CblasRowMajor,
                    CblasRight,
                    CblasLower,
                    CblasTrans,
                    CblasNonUnit,
                    count,
                    size,
                    1.0f,
                    single,
                    size,
                    x,
                    size);
            x.get(b.data(), from * size, count * size);
        }
    }

    @Override
    public Matrix inverse() {
        Matrix inverse = Matrix.zeros(size, size);
        int info = LAPACKE_dpotri(LAPACK_COL_MAJOR, (byte) 'U', size, lower, Math.max(1, size));
        if (info != 0) {
            throw new ArithmeticException("singular at " + info);
        }
        lower.get(inverse.data(), 0, inverse.data().length);
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                inverse.set(i, j, inverse.at(j, i));
            }
        }
        return inverse;
    }

    @Override
    public void close() {
        lower.close();
    }
}
