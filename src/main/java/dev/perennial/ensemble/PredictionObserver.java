// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Input;
import java.util.List;

/** Port: told of requests for predictions. Implementations are thread-safe and quick. */
@FunctionalInterface
public interface PredictionObserver {
    /** Ignores everything. */
    PredictionObserver NONE = (embedNanos, combineNanos) -> {};

    /**
     * A request was answered.
     *
     * @param embedNanos tokenizing and embedding, waiting included
     * @param combineNanos heads, combination and explanation
     */
    void answered(long embedNanos, long combineNanos);

    /**
     * An input and its answer.
     *
     * @param vector by the ensemble's first member; empty when that has not read the input
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Given(Input input, Prediction prediction, float[] vector) {}

    /** An ensemble has answered what somebody asked. */
    default void gave(Ensemble by, List<Given> answers) {}

    /** Tells another one as well. */
    default PredictionObserver and(PredictionObserver other) {
        PredictionObserver one = this;
        return new PredictionObserver() {
            @Override
            public void answered(long embedNanos, long combineNanos) {
                one.answered(embedNanos, combineNanos);
                other.answered(embedNanos, combineNanos);
            }

            @Override
            public void gave(Ensemble by, List<Given> answers) {
                one.gave(by, answers);
                other.gave(by, answers);
            }
        };
    }
}
