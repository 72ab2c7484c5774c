// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

import dev.perennial.math.Matrix;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Inner products of some rows of a matrix in native memory with one another. For one thread. */
final class Squares implements AutoCloseable {
    private final FloatPointer all;
    private final int length;
    private final FloatPointer chosen;
    private final FloatPointer square;

    /**
     * @param all rows
     * @param length of each
     * @param blocks of rows that will be asked for
     */
    Squares(FloatPointer all, int length, List<int[]> blocks) {
        long most = blocks.stream().mapToInt(block -> block.length).max().orElse(0);
        this.all = all;
        this.length = length;
        this.chosen = new FloatPointer(most * length);
        this.square = new FloatPointer(most * most);
    }

    Matrix of(int[] block) {
        int size = block.length;
        for (int a = 0; a < size; a++) {
            Pointer.memcpy(
                    chosen.getPointer((long) a * length),
                    all.getPointer((long) block[a] * length),
                    (long) length * Float.BYTES);
        }
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, size, length, 1.0f, chosen, length, 0.0f, square, size);
        Matrix products = Matrix.zeros(size, size);
        for (int a = 0; a < size; a++) {
            for (int b = 0; b <= a; b++) {
                double product = square.get((long) a * size + b);
                products.set(a, b, product);
                products.set(b, a, product);
            }
        }
        return products;
    }

    @Override
    public void close() {
        chosen.close();
        square.close();
    }
}
