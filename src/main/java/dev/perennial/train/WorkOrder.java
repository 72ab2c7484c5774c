// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.time.Duration;

/** What a process of its own is asked to do with an encoder ({@link TrainingWorker}). */
public sealed interface WorkOrder {
    EncoderFile encoder();

    /**
     * What a training may cost.
     *
     * @param parameters most numbers that may change
     * @param longest time after which no step is begun
     */
    record Bounds(long parameters, Duration longest) {}

    /** To adapt it. */
    record Train(
            EncoderFile encoder, Selection selection, Objective.Contrast objective, TrainingPlan plan, Bounds bounds)
            implements WorkOrder {}

    /** To put the adapter that lies beside the order into its file. */
    record Merge(EncoderFile encoder) implements WorkOrder {}
}
