// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns answers into replies, and remembers each for feedback. Thread-safe. */
final class Remembrance {
    private final PredictionMemory memory;

    Remembrance(PredictionMemory memory) {
        this.memory = memory;
    }

    List<PredictionView> views(Optional<TaskId> task, PredictionRequest request, Predictions answers) {
        List<PredictionView> views = new ArrayList<>(answers.predictions().size());
        for (int i = 0; i < answers.predictions().size(); i++) {
            PredictionMemory.Answered answer = PredictionMemory.Answered.of(
                    task, request.inputs().get(i), answers.predictions().get(i));
            views.add(PredictionView.of(
                    memory.remember(answer), answers.predictions().get(i)));
        }
        return views;
    }
}
