// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import dev.perennial.math.GramMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A Gram matrix in native memory, freed with this object by the garbage collector. Only the lower triangle is kept up
 * to date.
 */
final class NativeGram implements GramMatrix {
    private final int size;
    private final DoublePointer sum;

    NativeGram(int size) {
        this.size = size;
        this.sum = new DoublePointer((long) size * size);
        Pointer.memset(sum, 0, bytes());
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void add(Matrix phi, double[] weights) {
        OpenBlas.requireEqual(phi.columns(), size);
        OpenBlas.requireEqual(phi.rows(), weights.length);
        if (weights.length > 0) {
            if (isConstant(weights)) {
                addEqual(phi, weights[0]);
            } else {
                addWeighted(phi, weights);
            }
        }
    }

    /**
     * The lower triangle in three blocks: the square below the two triangles is as much work as both of them, so that
     * two threads have equal shares.
     */
    private void addEqual(Matrix phi, double weight) {
        try (DoublePointer rows = new DoublePointer(phi.data())) {
            sideBySide(() -> square(rows, rows, phi.rows(), weight), () -> {
                triangle(rows, phi.rows(), weight, 0, half());
                triangle(rows, phi.rows(), weight, half(), size);
            });
        }
    }

    private void addWeighted(Matrix phi, double[] weights) {
        double[] weighted = phi.data().clone();
        for (int i = 0; i < weights.length; i++) {
            for (int j = i * size; j < (i + 1) * size; j++) {
                weighted[j] *= weights[i];
            }
        }
        try (DoublePointer rows = new DoublePointer(phi.data());
                DoublePointer scaled = new DoublePointer(weighted)) {
            sideBySide(() -> square(scaled, rows, phi.rows(), 1), () -> {
                product(new Block(0, half(), 0, half()), scaled, rows, phi.rows(), 1);
                product(new Block(half(), size, half(), size), scaled, rows, phi.rows(), 1);
            });
        }
    }

    private int half() {
        return size / 2;
    }

    private static void sideBySide(Runnable... works) {
        Slabs.sideBySide(works.length, i -> works[i].run());
    }

    private void square(DoublePointer left, DoublePointer right, int count, double scale) {
        product(new Block(half(), size, 0, half()), left, right, count, scale);
    }

    /** Rows and columns of the sum, the first included, the last excluded. */
    private record Block(int firstRow, int endRow, int firstColumn, int endColumn) {
        boolean isEmpty() {
            return firstRow == endRow || firstColumn == endColumn;
        }
    }

    private void product(Block block, DoublePointer left, DoublePointer right, int count, double scale) {
        if (block.isEmpty()) {
            return;
        }
        cblas_dgemm(
                CblasRowMajor,
                CblasTrans,
                CblasNoTrans,
                block.endRow - block.firstRow,
                block.endColumn - block.firstColumn,
                count,
                scale,
                left.getPointer(block.firstRow),
                size,
                right.getPointer(block.firstColumn),
                size,
                1.0,
                sum.getPointer((long) block.firstRow * size + block.firstColumn),
                size);
    }

    private void triangle(DoublePointer rows, int count, double scale, int first, int end) {
        if (first == end) {
            return;
        }
        cblas_dsyrk(
                CblasRowMajor,
                CblasLower,
                CblasTrans,
                end - first,
                count,
                scale,
                rows.getPointer(first),
                size,
                1.0,
                sum.getPointer((long) first * size + first),
                size);
    }

    @Override
    public Matrix copy() {
        Matrix copy = Matrix.zeros(size, size);
        sum.get(copy.data(), 0, copy.data().length);
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                copy.set(i, j, copy.at(j, i));
            }
        }
        return copy;
    }

    @Override
    public LinearAlgebra.Cholesky factor(double ridge) {
        return NativeFactor.of(sum, size, ridge);
    }

    private long bytes() {
        return (long) size * size * Double.BYTES;
    }

    private static boolean isConstant(double[] weights) {
        for (double weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }
}
