// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.List;

/** Whoever follows the work of an order, in whatever process that is. Called on the thread that works. */
public interface WorkListener extends StepListener {
    /** What this run has taken so far. */
    WorkOutcome.Cost cost();

    /** Whether it is to be written down where the work is, as soon as a step is over; each wish counts once. */
    default boolean wantsCheckpoint() {
        return false;
    }

    /**
     * The work goes on where an earlier run was.
     *
     * @param losses of the steps that were made then
     * @param of most steps that are made in all
     */
    void resumed(List<Double> losses, int of);

    /** It was written down where the work is ({@link WorkFiles#checkpoint()}). */
    void kept();
}
