// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Label;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * Finds the task that an instruction is about, by the cosine between embedded instructions; when none is near enough,
 * the labels of the request are answered over without a single example. Safe for concurrent use.
 */
public final class InstructionRouter {

    /**
     * An answer and the task that gave it.
     *
     * @param task the task whose instruction matched; empty when the answer is zero-shot over the request's labels
     * @param match how well the best task's instruction matches, as a cosine of centred embeddings in [-1, 1]
     * @param predictions the answers
     */
    public record Routed(Optional<TaskId> task, double match, Predictions predictions) {}

    /** @throws dev.perennial.refusal.Refusal.Invalid when no task matches and the request names no labels */
    public Routed predict(String instruction, List<Label> labels, PredictionRequest request) {
        throw new UnsupportedOperationException();
    }
}
