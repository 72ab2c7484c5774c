// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

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
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;
import static org.bytedeco.openblas.global.openblas.cblas_strsm;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A Cholesky factor in native memory, by rows; what is above the diagonal is undefined. Factorised in tiles of a fixed
 * size, right-looking, those of a step side by side on the fork-join pool.
 */
final class NativeFactor implements LinearAlgebra.Cholesky {
    /** Large enough for products at full speed, small enough for many of them side by side. */
    private static final int TILE = 320;

    /** Right-hand sides that one thread solves for at a time at most. */
    private static final int SIDES = 96;

    /** Blocks whose forms one thread makes at a time. */
    private static final int BLOCKS = 64;

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

    /**
     * The factor of {@code symmetric + ridge I}, of a copy.
     *
     * @throws ArithmeticException when that is not positive definite
     */
    static NativeFactor of(DoublePointer symmetric, int size, double ridge) {
        DoublePointer copy = new DoublePointer((long) size * size);
        Slabs.forEach(size, TILE, (from, count) -> {
            // The tiles of the lower triangle; nobody reads the others.
            long bytes = (long) (from + count) * Double.BYTES;
            for (long i = from; i < from + count; i++) {
                Pointer.memcpy(copy.getPointer(i * size), symmetric.getPointer(i * size), bytes);
                copy.put(i * size + i, copy.get(i * size + i) + ridge);
            }
        });
        return of(copy, size);
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
        if (row == column) {
            subtractSquare(row, step);
            return;
        }
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

    private void subtractSquare(int row, int step) {
        cblas_dsyrk(
                CblasRowMajor,
                CblasLower,
                CblasNoTrans,
                length(row),
                length(step),
                -1.0,
                tile(row, step),
                size,
                1.0,
                tile(row, row),
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
        if (b.data().length > 0) {
            Slabs.forEach(b.columns(), sides(b.columns()), (from, count) -> solve(b, from, count));
        }
        return b;
    }

    /**
     * An even number of slabs, equal up to one side; of the number of sides alone, so that bits do not depend on the
     * threads.
     */
    private static int sides(int all) {
        int slabs = 2 * ((all + 2 * SIDES - 1) / (2 * SIDES));
        return (all + slabs - 1) / slabs;
    }

    /** As rows, with which the library is twice as fast as with columns. */
    private void solve(Matrix b, int from, int count) {
        double[] sides = new double[count * size];
        for (int i = 0; i < size; i++) {
            for (int c = 0; c < count; c++) {
                sides[c * size + i] = b.at(i, from + c);
            }
        }
        try (DoublePointer x = new DoublePointer(sides)) {
            substitute(CblasTrans, x, count);
            substitute(CblasNoTrans, x, count);
            x.get(sides);
        }
        for (int i = 0; i < size; i++) {
            for (int c = 0; c < count; c++) {
                b.set(i, from + c, sides[c * size + i]);
            }
        }
    }

    private void substitute(int transposition, DoublePointer x, int rows) {
        cblas_dtrsm(
                CblasRowMajor,
                CblasRight,
                CblasLower,
                transposition,
                CblasNonUnit,
                rows,
                size,
                1.0,
                lower,
                size,
                x,
                size);
    }

    @Override
    public List<Matrix> forms(FloatMatrix b, List<int[]> blocks) {
        OpenBlas.requireEqual(size, b.columns());
        Matrix[] forms = new Matrix[blocks.size()];
        if (b.data().length > 0) {
            try (FloatPointer white = new FloatPointer(b.data().length)) {
                whiten(b, white);
                Slabs.forEach(forms.length, BLOCKS, (from, count) -> {
                    List<int[]> some = blocks.subList(from, from + count);
                    try (Squares squares = new Squares(white, size, some)) {
                        for (int i = 0; i < count; i++) {
                            forms[from + i] = squares.of(some.get(i));
                        }
                    }
                });
            }
        }
        return List.of(forms);
    }

    /** {@code B L'^-1}. */
    private void whiten(FloatMatrix b, FloatPointer white) {
        try (FloatPointer single = new FloatPointer((long) size * size)) {
            Slabs.forEach(size, (from, count) -> round(single, from, count));
            Slabs.forEach(b.rows(), (from, count) -> {
                FloatPointer rows = white.getPointer((long) from * size);
                rows.put(b.data(), from * size, count * size);
                whiten(single, rows, count);
            });
        }
    }

    /** Rows of the lower triangle, one by one: what is above the diagonal may be any bits, too large ones too. */
    private void round(FloatPointer single, int from, int count) {
        for (int row = from; row < from + count; row++) {
            long offset = (long) row * size;
            int info = LAPACKE_dlag2s_work(
                    LAPACK_COL_MAJOR, row + 1, 1, lower.getPointer(offset), size, single.getPointer(offset), size);
            if (info != 0) {
                throw new ArithmeticException("too large for single precision: " + info);
            }
        }
    }

    private void whiten(FloatPointer single, FloatPointer x, int count) {
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
