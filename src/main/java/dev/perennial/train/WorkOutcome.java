// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** How an order ended. */
public sealed interface WorkOutcome {

    /**
     * The adapter lies beside the order.
     *
     * @param parameters how many numbers could change
     * @param steps after how many steps the adapter is what it is
     * @param wasStopped whether it ended before all steps were made
     * @param difference greatest one between a component of what was trained and of what would be served
     * @param cost of the whole process
     */
    record Trained(long parameters, int steps, boolean wasStopped, double difference, Cost cost)
            implements WorkOutcome {}

    /**
     * What a process took.
     *
     * @param cpuSeconds processor time
     * @param peakBytes most memory that it held; 0 where the system does not tell
     */
    record Cost(double cpuSeconds, long peakBytes) {}

    /** The adapted file lies beside the order. */
    record Merged() implements WorkOutcome {}

    /**
     * It could not be done.
     *
     * @param pointer which part is at fault
     * @param reason a sentence
     */
    record Refused(String pointer, String reason) implements WorkOutcome {}
}
