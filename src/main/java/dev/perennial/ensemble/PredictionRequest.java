// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Input;
import java.util.List;

/**
 * What is asked of a task.
 *
 * @param inputs what to answer, in order
 * @param topK how many labels to list per answer, at least 1
 * @param mode how much of the ensemble answers
 * @param explain whether to say why
 */
public record PredictionRequest(List<Input> inputs, int topK, Mode mode, boolean explain) {
    public PredictionRequest {
        inputs = List.copyOf(inputs);
        if (topK < 1) {
            throw new IllegalArgumentException("top_k is at least 1");
        }
    }
}
