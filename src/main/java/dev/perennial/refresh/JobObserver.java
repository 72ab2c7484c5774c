// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

/** Port: told of jobs that stand still. Thread-safe. */
public interface JobObserver {

    /**
     * So many lost threads are replaced in each tenant. With more of all tenants together the process is of no use to
     * long work, and gives back neither their memory nor their files.
     */
    int MOST_LOST_THREADS = 4;

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
