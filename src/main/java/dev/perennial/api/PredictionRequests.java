// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import java.util.List;

/** Reads what is asked of a task. Thread-safe. */
final class PredictionRequests {
    private static final int DEFAULT_TOP_K = 3;

    private final Limits limits;

    PredictionRequests(Limits limits) {
        this.limits = limits;
    }

    PredictionRequest read(PredictBody body) {
        return read(body, new Inputs(limits).read(body.inputs()));
    }

    /** The same with inputs that were read before. */
    PredictionRequest read(PredictBody body, List<Input> inputs) {
        int topK = body.topK() == null ? DEFAULT_TOP_K : body.topK();
        if (topK < 1 || topK > limits.labels()) {
            throw new Refusal.Invalid("/top_k", "must be a whole number from 1 to " + limits.labels());
        }
        Mode mode = Choice.of(body.mode(), Mode.AUTO, "/mode");
        return new PredictionRequest(inputs, topK, mode, Boolean.TRUE.equals(body.explain()));
    }
}
