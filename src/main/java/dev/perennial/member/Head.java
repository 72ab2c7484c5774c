// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.math.Matrix;
import java.security.MessageDigest;

/**
 * A ridge regression from features to one score per output: in kernel form for few examples, over fixed random features
 * for many. Immutable; safe for concurrent use.
 */
public sealed interface Head permits KernelHead, RandomFeatureHead {

    /** Scores of one input, one per output. */
    double[] scores(Query query);

    /** The kernel under which this head is a ridge regression. */
    double kernel(Features a, Features b);

    /** The ridge, in the unit of {@link #kernel}. */
    double ridge();

    /** What was fitted: one column per output; must not be changed. */
    Matrix fitted();

    /** Adds every number that decides scores to a digest. */
    void addTo(MessageDigest digest);
}
