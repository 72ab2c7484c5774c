// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import dev.perennial.math.LinearAlgebra;

/** The inner product, for which all is a product of matrices. */
record InnerProduct(LinearAlgebra algebra) implements Likeness {
    @Override
    public void scores(DirectMatrix queries, DirectMatrix objects, DirectMatrix scores) {
        algebra.multiplyTransposed(queries, objects, scores);
    }

    @Override
    public void queryGradient(Scored scored, DirectMatrix gradient) {
        algebra.multiply(scored.gradient(), scored.objects(), gradient);
    }

    @Override
    public void objectGradient(Scored scored, DirectMatrix gradient) {
        algebra.transposedMultiply(scored.gradient(), scored.queries(), gradient);
    }
}
