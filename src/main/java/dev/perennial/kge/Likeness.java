// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;

/** How like a query and an object are, for many of both at once, and the gradients of that. Thread-safe. */
sealed interface Likeness permits InnerProduct, Distance {

    /** Writes the score of each query (row) and object (column). */
    void scores(DirectMatrix queries, DirectMatrix objects, DirectMatrix scores);

    /** Writes the gradient of the queries, given that of the scores. */
    void queryGradient(Scored scored, DirectMatrix gradient);

    /** Writes the gradient of the objects, given that of the scores. */
    void objectGradient(Scored scored, DirectMatrix gradient);

    /**
     * Queries and objects that met.
     *
     * @param gradient of the score of each query (row) and object (column)
     * @param queries one row each
     * @param objects one row each
     */
    record Scored(DirectMatrix gradient, DirectMatrix queries, DirectMatrix objects) {}
}
