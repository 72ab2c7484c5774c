// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.LinearAlgebra;

/**
 * How the rows of a head, a relation and a tail are made into a score. A relation has a second row for its inverse, so
 * that heads are found as tails are.
 */
public enum GraphModel {
    /** {@code Re sum s_k r_k conj(o_k)} of complex numbers. */
    COMPLEX,
    /** {@code sum s_k r_k o_k}. */
    DISTMULT,
    /** {@code -sum |s_k exp(i theta_k) - o_k|} of complex numbers. */
    ROTATE,
    /** {@code -sum |s_k + r_k - o_k|}. */
    TRANSE;

    /** Whether the score is a product, which the softmax over all entities is made for; else it is a distance. */
    public boolean isProduct() {
        return this == COMPLEX || this == DISTMULT;
    }

    /** Numbers in the row of an entity. */
    public int entityWidth(int rank) {
        return this == COMPLEX || this == ROTATE ? Math.multiplyExact(2, rank) : rank;
    }

    /** Numbers in the row of a relation. */
    public int relationWidth(int rank) {
        return this == COMPLEX ? Math.multiplyExact(2, rank) : rank;
    }

    Composition composition(int rank) {
        return switch (this) {
            case COMPLEX -> new ComplexProduct(rank);
            case DISTMULT -> new RealProduct(rank);
            case ROTATE -> new Rotation(rank);
            case TRANSE -> new Translation(rank);
        };
    }

    Likeness likeness(int rank, LinearAlgebra algebra) {
        return isProduct() ? new InnerProduct(algebra) : new Distance(this == ROTATE, rank);
    }
}
