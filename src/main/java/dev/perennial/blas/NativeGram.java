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
    private final Object turn;
    private final int size;
    private final DoublePointer sum;

    NativeGram(Object turn, int size) {
        this.turn = turn;
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

    /** Half the work of the general case. */
    private void addEqual(Matrix phi, double weight) {
        synchronized (turn) {
            try (DoublePointer rows = new DoublePointer(phi.data())) {
                cblas_dsyrk(
                        CblasRowMajor, CblasLower, CblasTrans, size, phi.rows(), weight, rows, size, 1.0, sum, size);
            }
        }
    }

    private void addWeighted(Matrix phi, double[] weights) {
        double[] weighted = phi.data().clone();
        for (int i = 0; i < weights.length; i++) {
            for (int j = i * size; j < (i + 1) * size; j++) {
                weighted[j] *= weights[i];
            }
        }
        synchronized (turn) {
            try (DoublePointer rows = new DoublePointer(phi.data());
                    DoublePointer scaled = new DoublePointer(weighted)) {
                cblas_dgemm(
                        CblasRowMajor,
                        CblasTrans,
                        CblasNoTrans,
                        size,
                        size,
                        phi.rows(),
                        1.0,
                        scaled,
                        size,
                        rows,
                        size,
                        1.0,
                        sum,
                        size);
            }
        }
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
        DoublePointer copy = new DoublePointer((long) size * size);
        Pointer.memcpy(copy, sum, bytes());
        for (long i = 0; i < size; i++) {
            copy.put(i * size + i, copy.get(i * size + i) + ridge);
        }
        return NativeFactor.of(turn, copy, size);
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
