// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** Whoever follows a training. Called on the thread that runs it. */
public interface TrainingListener {
    /** Whether to go on; asked before every step. */
    boolean goesOn();

    /** An epoch has ended; the training may be written and its vectors evaluated before this returns. */
    void epochEnded(EpochReport report);
}
