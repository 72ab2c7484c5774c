// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.feedback.PredictionLog;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns answers into replies, and remembers each for feedback. */
final class Remembrance {
    private Remembrance() {}

    /** Gives each answer an id, in their order. */
    static List<String> ids(Serving serving, Optional<TaskId> task, PredictionRequest request, Predictions answers) {
        PredictionLog log = serving.hindsight().log();
        List<String> ids = new ArrayList<>(answers.predictions().size());
        for (int i = 0; i < answers.predictions().size(); i++) {
            Input input = request.inputs().get(i);
            GivenAnswer given =
                    GivenAnswer.of(answers.by().get(i), answers.predictions().get(i));
            String id = serving.memory().remember(new PredictionMemory.Answered(task, input, given));
            PredictionLog.Asked asked = new PredictionLog.Asked(input, answers.reader(), answers.vector(i));
            task.ifPresent(answering -> log.keep(id, answering, asked, given));
            ids.add(id);
        }
        return ids;
    }

    /** Answers as replies show them. */
    static List<PredictionView> views(List<String> ids, Predictions answers, boolean silent) {
        List<PredictionView> views = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            RevisionId by = answers.by().get(i);
            String other = by.equals(answers.revision()) ? null : by.toString();
            views.add(PredictionView.of(
                    ids.get(i), answers.predictions().get(i), new PredictionView.Manner(other, silent)));
        }
        return views;
    }
}
