// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** Whoever follows a training. Called on the thread that runs it. */
public interface StepListener {
    /** Whether to go on; asked before every step. */
    boolean goesOn();

    /**
     * A step was made.
     *
     * @param step counted from 1
     * @param loss of its texts before it was made
     */
    void stepped(int step, double loss);

    /** All is done that belongs to a step, also whatever is looked at after it; only then can it be written down. */
    default void settled(int step) {
        // whoever shows steps need not know
    }

    /** After this step the encoder is the best so far; told when it was looked at, which is not after every step. */
    default void bettered(int step) {
        // whoever shows steps need not know
    }
}
