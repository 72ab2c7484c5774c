// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.math.FloatMatrix;

/** What a training makes small: a function of the embeddings of some texts, with its derivative. */
@FunctionalInterface
interface Loss {
    /**
     * @param embeddings one row of unit length for each text
     * @param gradient zeros of the same shape, to which the derivative in the embeddings is added
     */
    double of(FloatMatrix embeddings, FloatMatrix gradient);
}
