// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.adapt.MergeKind;
import java.time.Duration;

/** What a process of its own is asked to do with an encoder ({@link TrainingWorker}). */
public sealed interface WorkOrder {
    EncoderFile encoder();

    /** Most steps that will be made. */
    default int steps() {
        return 0;
    }

    /**
     * What a training may cost.
     *
     * @param parameters most numbers that may change
     * @param longest time after which no step is begun
     */
    record Bounds(long parameters, Duration longest) {}

    /**
     * To adapt it.
     *
     * @param objective to what
     * @param watched examples that tell when nothing more is gained; those of the objective itself, where there are too
     *     few to spare any
     */
    record Train(
            EncoderFile encoder,
            Selection selection,
            Objective objective,
            Objective watched,
            TrainingPlan plan,
            Bounds bounds)
            implements WorkOrder {
        @Override
        public int steps() {
            return plan.steps();
        }

        /** The same with other bounds of steps and time. */
        Train with(int most, Duration longest) {
            return new Train(
                    encoder,
                    selection,
                    objective,
                    watched,
                    plan.withSteps(most),
                    new Bounds(bounds.parameters(), longest));
        }
    }

    /**
     * To have the adapter that lies beside the order go on learning.
     *
     * @param merge how what comes of it is merged with what it was
     */
    record Continue(Train train, MergeKind merge) implements WorkOrder {
        @Override
        public EncoderFile encoder() {
            return train.encoder();
        }

        @Override
        public int steps() {
            return train.steps();
        }
    }

    /** To put the adapter that lies beside the order into its file. */
    record Merge(EncoderFile encoder) implements WorkOrder {}
}
