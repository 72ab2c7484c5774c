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
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;
import static org.bytedeco.openblas.global.openblas.cblas_strsm;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A Cholesky factor in native memory, by rows; what is above the diagonal is undefined. Factorised in tiles of a fixed
 * size, right-looking, those of a step side by side on the fork-join pool.
 */
final class NativeFactor implements LinearAlgebra.Cholesky {
    /** Large enough for products at full speed, small enough for many of them side by side. */
    private static final int TILE = 320;

    /** Right-hand sides that one thread solves for at a time; fixed, so that bits do not depend on the threads. */
    private static final int COLUMNS = 48;

    private final DoublePointer lower;
    private final int size;

    private NativeFactor(DoublePointer lower, int size) {
        this.lower = lower;
        this.size = size;
    }

    /**
     * @param symmetric overwritten; belongs to the factor afterwards
     * @throws ArithmeticException when it is not positive definite
     */
    static NativeFactor of(DoublePointer symmetric, int size) {
        NativeFactor factor = new NativeFactor(symmetric, size);
        try {
            for (int step = 0; step < factor.tiles(); step++) {
                factor.factoriseDiagonal(step);
                factor.eliminate(step);
            }
            return factor;
        } catch (RuntimeException | Error failed) {
            factor.close();
            throw failed;
        }
    }

    /** The lower triangle by rows is the upper one by columns. */
    private void factoriseDiagonal(int step) {
        int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'U', length(step), tile(step, step), size);
        if (info != 0) {
            throw new ArithmeticException("not positive definite at " + (step * TILE + info));
        }
    }

    /** The column of tiles below a diagonal tile, then everything to the right of that column. */
    private void eliminate(int step) {
        int next = step + 1;
        Slabs.sideBySide(tiles() - next, row -> solveTile(next + row, step));
        List<int[]> rest = new ArrayList<>();
        for (int row = step + 1; row < tiles(); row++) {
            for (int column = step + 1; column <= row; column++) {
                rest.add(new int[] {row, column});
            }
        }
        Slabs.sideBySide(rest.size(), i -> subtractProduct(rest.get(i)[0], rest.get(i)[1], step));
    }

    private void solveTile(int row, int step) {
        cblas_dtrsm(
                CblasRowMajor,
                CblasRight,
                CblasLower,
                CblasTrans,
                CblasNonUnit,
                length(row),
                length(step),
                1.0,
                tile(step, step),
                size,
                tile(row, step),
                size);
    }

    private void subtractProduct(int row, int column, int step) {
        cblas_dgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                length(row),
                length(column),
                length(step),
                -1.0,
                tile(row, step),
                size,
                tile(column, step),
                size,
                1.0,
                tile(row, column),
                size);
    }

    private int tiles() {
        return (size + TILE - 1) / TILE;
    }

    private int length(int tile) {
        return Math.min(TILE, size - tile * TILE);
    }

    private DoublePointer tile(int row, int column) {
        return lower.getPointer((long) row * TILE * size + (long) column * TILE);
    }

    @Override
    public Matrix solve(Matrix b) {
        OpenBlas.requireEqual(size, b.rows());
        if (b.data().length == 0) {
            return b;
        }
        try (DoublePointer x = new DoublePointer(b.data())) {
            Slabs.forEach(b.columns(), COLUMNS, (from, count) -> {
                substitute(CblasNoTrans, x.getPointer(from), count, b.columns());
                substitute(CblasTrans, x.getPointer(from), count, b.columns());
            });
            x.get(b.data());
        }
        return b;
    }

    private void substitute(int transposition, DoublePointer x, int columns, int stride) {
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
                stride);
    }

    @Override
    public FloatMatrix whiten(FloatMatrix b) {
        OpenBlas.requireEqual(size, b.columns());
        if (b.data().length == 0) {
            return b;
        }
        try (FloatPointer single = new FloatPointer((long) size * size)) {
            Slabs.forEach(size, (from, count) -> round(single, from, count));
            Slabs.forEach(b.rows(), (from, count) -> whiten(single, b, from, count));
        }
        return b;
    }

    private void round(FloatPointer single, int from, int count) {
        long offset = (long) from * size;
        int info = LAPACKE_dlag2s_work(
                LAPACK_COL_MAJOR, size, count, lower.getPointer(offset), size, single.getPointer(offset), size);
        if (info != 0) {
            throw new ArithmeticException("too large for single precision: " + info);
        }
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
