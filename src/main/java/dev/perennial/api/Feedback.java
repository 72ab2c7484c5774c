// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.Told;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import dev.perennial.task.TeachingOutcome;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers requests that give feedback. Thread-safe. */
@Singleton
public final class Feedback {
    private static final int OK = 200;

    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final Corrections corrections;
    private final Admission admission;
    private final RequestObserver observer;

    public Feedback(
            ServingGate gate,
            Limits limits,
            Bodies bodies,
            Replies replies,
            IdempotentRequests idempotentRequests,
            RequestObserver observer) {
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.corrections = new Corrections(limits);
        this.admission = new Admission(gate, "teachings", limits.concurrentTeachings());
        this.observer = observer;
    }

    /**
     * What feedback did.
     *
     * @param revision the revision that it produced
     * @param wasWrong whether the answer had been wrong
     * @param exampleId the example that holds the right answer
     */
    @Schema(name = "FeedbackReply")
    public record FeedbackView(String revision, boolean wasWrong, String exampleId) {}

    Response answer(Serving serving, TaskId task, HttpHeaders headers, InputStream body) {
        serving.active().of(task);
        byte[] bytes = bodies.bytes(headers, body, new Bodies.Limit("body_bytes", limits.bodyBytes()));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString("Idempotency-Key"), "POST /v1/tasks/" + task + "/feedback", bytes);
        return replies.of(admission.admit(() -> idempotentRequests.once(
                serving.store(), call, idempotency -> reply(serving, task, bytes, idempotency))));
    }

    private Idempotency.Reply reply(Serving serving, TaskId task, byte[] body, Optional<Idempotency> idempotency) {
        Corrections.Correction correction = corrections.read(serving, task, bodies.json(body, FeedbackBody.class));
        TeachingOutcome outcome = corrections.taught(
                serving,
                correction,
                () -> serving.teacher()
                        .teach(task, List.of(correction.teaching()), idempotency, taught -> view(taught, correction)));
        observer.corrected(task, correction.wasWrong());
        Told told = correction.told(outcome.rows().get(0).exampleId());
        boolean counts = serving.hindsight().book().keep(told);
        serving.feedback().given(told.toListeners(correction.named().keptAt().filter(at -> counts)));
        return view(outcome, correction);
    }

    private Idempotency.Reply view(TeachingOutcome outcome, Corrections.Correction correction) {
        return replies.keepable(
                OK,
                new FeedbackView(
                        outcome.revision().toString(),
                        correction.wasWrong(),
                        outcome.rows().get(0).exampleId()));
    }
}
