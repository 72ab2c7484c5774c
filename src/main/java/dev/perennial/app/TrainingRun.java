// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.learn.TrainingFollower;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.WorkFiles;
import dev.perennial.train.WorkOrder;
import dev.perennial.train.WorkOutcome;
import java.io.IOException;

/** Carries out one order, in a private directory that goes when this is closed. Confined to one thread. */
interface TrainingRun extends AutoCloseable {

    /** Whoever follows a run. */
    interface Listener extends TrainingFollower {
        /** The loss of a step that an earlier run had made; told in the order of the steps, before any other. */
        default void hadStepped(double loss) {
            // only where one goes on
        }

        /** A checkpoint was written beside the order. */
        default void kept() {
            // only where it is of use
        }
    }

    /** What the order needs besides, and what comes of it. */
    WorkFiles files();

    /**
     * Blocks until the order is carried out.
     *
     * @param listener called on this thread
     * @throws Refusal.Invalid when the order cannot be carried out
     * @throws Refusal.Conflict when it took more than it may, or failed
     * @throws java.util.concurrent.CancellationException when the listener wants no more
     */
    WorkOutcome run(WorkOrder order, Listener listener) throws IOException;

    @Override
    void close();

    /**
     * An outcome that is none of a refusal.
     *
     * @throws Refusal.Invalid when it is
     */
    static WorkOutcome required(WorkOutcome outcome) {
        if (outcome instanceof WorkOutcome.Refused refused) {
            throw new Refusal.Invalid(refused.pointer(), refused.reason());
        }
        return outcome;
    }
}
