// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

/** Port: told of jobs that stand still. Thread-safe. */
public interface JobObserver {

    /** Is told nothing. */
    JobObserver NONE = new JobObserver() {
        @Override
        public void stoodStill() {}

        @Override
        public void lost(int threads) {}
    };

    /** A job was ended because it gave no sign of itself. */
    void stoodStill();

    /** So many more threads work on what was given up; fewer, where the number is negative. */
    void lost(int threads);
}
