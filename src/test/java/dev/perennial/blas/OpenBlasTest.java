// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.LinearAlgebraContract;
import dev.perennial.math.Matrix;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.junit.jupiter.api.Test;

final class OpenBlasTest extends LinearAlgebraContract {
    private final OpenBlas algebra = new OpenBlas(1L << 30);

    @Override
    protected LinearAlgebra algebra() {
        return algebra;
    }

    /** Memory that was used before may hold any bits; those above the diagonal are nobody's numbers. */
    @Test
    void forms_readNothingAboveTheDiagonal() {
        int size = 700;
        List<int[]> blocks = List.of(new int[] {0, 2}, new int[] {1});
        FloatMatrix rows = FloatMatrix.zeros(3, size);
        for (int i = 0; i < rows.data().length; i++) {
            rows.data()[i] = (i % 7) - 3;
        }
        List<Matrix> clean = formsOver(0, size, rows, blocks);
        List<Matrix> dirty = formsOver(1e300, size, rows, blocks);
        for (int block = 0; block < blocks.size(); block++) {
            assertThat(dirty.get(block).data()).isEqualTo(clean.get(block).data());
        }
    }

    private static List<Matrix> formsOver(double above, int size, FloatMatrix rows, List<int[]> blocks) {
        DoublePointer symmetric = new DoublePointer((long) size * size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double lower = i == j ? 4 : 1.0 / (1 + i + j);
                symmetric.put((long) i * size + j, j > i ? above : lower);
            }
        }
        try (NativeFactor factor = NativeFactor.of(symmetric, size)) {
            return factor.forms(rows, blocks);
        }
    }

    /** What nothing refers to any longer is given back before memory runs out. */
    @Test
    void gramMatricesThatAreLetGo_leaveRoomForOthers() {
        for (int i = 0; i < 40; i++) {
            assertThat(algebra.gramMatrix(4096).size()).isEqualTo(4096);
        }
    }
}
