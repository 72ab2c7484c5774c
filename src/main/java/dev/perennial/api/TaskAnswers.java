// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Has tasks answer: those that there are, and those that a request brings with it. Thread-safe. */
@Singleton
public final class TaskAnswers {
    private static final TaskId BROUGHT = new TaskId("request");

    private final Limits limits;
    private final Asking asking;
    private final Admission lessons;

    public TaskAnswers(ServingGate gate, Limits limits, Asking asking) {
        this.limits = limits;
        this.asking = asking;
        this.lessons = new Admission(gate, "requests that bring what is to be learnt", limits.concurrentTeachings());
    }

    /** Has a task answer what a request asks. */
    public PredictionsView answer(Serving serving, TaskId id, PredictBody question) {
        asking.await(serving, Optional.of(id), question.minRevision());
        Ensemble ensemble = serving.active().of(id);
        PredictionRequest request = asking.request(question);
        Asking.Asked asked = new Asking.Asked(request, question.minRevision(), serving.predictor()::predict);
        Predictions answers = asking.answers(serving, List.of(ensemble), asked).get(0);
        return new PredictionsView(
                answers.revision().toString(), id.value(), asking.views(serving, Optional.of(id), request, answers));
    }

    /** Has a task answer inputs that were read, and name the probability of every label. */
    public PredictionsView answer(Serving serving, TaskId id, List<InputBody> inputs) {
        return answer(serving, id, question(inputs));
    }

    /** A classification of texts that a request brings with it. */
    public Task brought(List<dev.perennial.task.Label> labels) {
        return new Task(BROUGHT, Kind.CLASSIFICATION, InputKind.TEXT, "", labels, Optional.empty(), Policy.DEFAULT);
    }

    /**
     * Learns what a request brings, answers by it, and lets go of it.
     *
     * @param teachings what is learnt; without any, labels alone say what they are
     * @throws Refusal.Saturated when as much is being learnt as may be at once
     */
    public List<PredictionView> answer(Serving serving, Task task, List<Teaching> teachings, List<InputBody> inputs) {
        // Labels alone are only embedded, as an input is.
        Ensemble ensemble = teachings.isEmpty()
                ? serving.teacher().improvise(task, teachings)
                : lessons.admit(() -> serving.teacher().improvise(task, teachings));
        PredictionRequest request = asking.request(question(inputs));
        return asking.views(serving, Optional.empty(), request, serving.router().predict(ensemble, request));
    }

    private PredictBody question(List<InputBody> inputs) {
        return new PredictBody(List.copyOf(inputs), limits.labels(), null, null, null);
    }
}
