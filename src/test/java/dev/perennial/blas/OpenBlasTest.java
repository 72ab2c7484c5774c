// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.LinearAlgebraContract;
import org.junit.jupiter.api.Test;

final class OpenBlasTest extends LinearAlgebraContract {
    private final OpenBlas algebra = new OpenBlas(1L << 30);

    @Override
    protected LinearAlgebra algebra() {
        return algebra;
    }

    /** What nothing refers to any longer is given back before memory runs out. */
    @Test
    void gramMatricesThatAreLetGo_leaveRoomForOthers() {
        for (int i = 0; i < 40; i++) {
            assertThat(algebra.gramMatrix(4096).size()).isEqualTo(4096);
        }
    }
}
