// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.LinearAlgebraContract;

final class OpenBlasTest extends LinearAlgebraContract {
    private final OpenBlas algebra = new OpenBlas();

    @Override
    protected LinearAlgebra algebra() {
        return algebra;
    }
}
