// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.Matrix;
import dev.perennial.member.Features;
import dev.perennial.member.Head;
import dev.perennial.member.KernelHead;
import java.util.List;

/**
 * A head, and the scores that it would give each held-out example had it not seen it.
 *
 * @param head the head
 * @param heldOutScores one row per held-out example, in the order of their keys
 * @param blockedOutScores the same, had it seen neither the example nor its {@link Kin}; the same object when none has
 *     any
 */
record FittedHead(Head head, Matrix heldOutScores, Matrix blockedOutScores) {

    /** The same of a head in kernel form, over features of the same examples with more members at the end. */
    FittedHead over(List<Features> support) {
        return head instanceof KernelHead kernel && !kernel.support().isEmpty()
                ? new FittedHead(kernel.over(support), heldOutScores, blockedOutScores)
                : this;
    }

    /** Whether both scores are known to be the same. */
    @SuppressWarnings("ReferenceEquality")
    boolean knowsNoKin() {
        return heldOutScores == blockedOutScores;
    }
}
