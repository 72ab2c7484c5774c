// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

/** Whoever learns a stream, one new task a step, and is asked about all of them. For one thread. */
interface StreamPupil {
    /** Learns the task of a step. */
    void learn(int step);

    /**
     * Share of the questions of a task that are answered rightly now.
     *
     * @param known answers are chosen among the labels that came up to this step
     */
    double accuracy(int task, int known);
}
