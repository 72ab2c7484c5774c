// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.feedback.PredictionLog;
import dev.perennial.task.Input;
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

    /** @param log keeps answers of tasks for longer */
    List<PredictionView> views(
            PredictionLog log, Optional<TaskId> task, PredictionRequest request, Predictions answers) {
        List<PredictionView> views = new ArrayList<>(answers.predictions().size());
        for (int i = 0; i < answers.predictions().size(); i++) {
            Input input = request.inputs().get(i);
            GivenAnswer given =
                    GivenAnswer.of(answers.revision(), answers.predictions().get(i));
            String id = memory.remember(new PredictionMemory.Answered(task, input, given));
            PredictionLog.Asked asked = new PredictionLog.Asked(input, answers.reader(), answers.vector(i));
            task.ifPresent(answering -> log.keep(id, answering, asked, given));
            views.add(PredictionView.of(id, answers.predictions().get(i)));
        }
        return views;
    }
}
