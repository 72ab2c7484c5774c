// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * How a subject and a relation make a query, a vector that objects are compared with; and the way back of gradients.
 * Stateless. All arrays may be longer than the rows they hold.
 */
sealed interface Composition permits Composition.Product, Translation, Rotation {

    /** Writes the query of a subject's row and a relation's row. */
    void query(float[] subject, float[] relation, float[] query);

    /** Writes the subject's gradient, given the query's. */
    void subjectGradient(float[] queryGradient, float[] relation, float[] gradient);

    /** Writes the relation's gradient, given the query's and the query. */
    void relationGradient(float[] queryGradient, float[] subject, float[] query, float[] gradient);

    /**
     * A product of numbers that an inner product follows, so that the score {@code <s r, o>} is linear in each of the
     * three and the gradients are products again.
     */
    sealed interface Product extends Composition permits ComplexProduct, RealProduct {

        /** Writes {@code a b}. */
        void times(float[] a, float[] b, float[] product);

        /** Writes {@code conj(a) b}. */
        void conjugateTimes(float[] a, float[] b, float[] product);

        /** Writes {@code weight * 3 |x| x}, the gradient of {@code weight * sum |x|^3}. */
        void cubeGradient(float[] row, float weight, float[] gradient);

        @Override
        default void query(float[] subject, float[] relation, float[] query) {
            times(subject, relation, query);
        }

        @Override
        default void subjectGradient(float[] queryGradient, float[] relation, float[] gradient) {
            conjugateTimes(relation, queryGradient, gradient);
        }

        @Override
        default void relationGradient(float[] queryGradient, float[] subject, float[] query, float[] gradient) {
            conjugateTimes(subject, queryGradient, gradient);
        }
    }
}
