// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/** Whoever follows a training. Called on the thread that asked for it. */
public interface TrainingFollower {
    /** Waits for the end. */
    TrainingFollower PATIENT = new TrainingFollower() {
        @Override
        public boolean goesOn() {
            return true;
        }

        @Override
        public void stepped(int step, int of, double loss) {
            // only the end counts
        }
    };

    /** Whether to go on; asked some times a second. */
    boolean goesOn();

    /**
     * A step was made.
     *
     * @param step counted from 1
     * @param of most steps that will be made
     * @param loss of the step's examples before it was made
     */
    void stepped(int step, int of, double loss);

    /**
     * An earlier process had made so many steps, and they are not made again.
     *
     * @param made by that process; the same number whether it had come to the end or not
     * @param of most steps that were to be made
     */
    default void resumed(int made, int of) {
        // whoever waits for the end need not know
    }
}
