// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Deadline;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Shadows;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all requests for predictions have in common: a bounded body, a place, a revision, a memory. Thread-safe. */
@Singleton
public final class Asking {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final MinRevision minRevision;
    private final Admission admission;
    private final RequestObserver observer;
    private final ClientWatch clients;

    public Asking(
            ServingGate gate,
            Limits limits,
            Json json,
            MinRevision minRevision,
            RequestObserver observer,
            ClientWatch clients) {
        this.limits = limits;
        this.bodies = new Bodies(json);
        this.replies = new Replies(json);
        this.minRevision = minRevision;
        this.admission = new Admission(gate, "predictions", limits.concurrentPredictions());
        this.observer = observer;
        this.clients = clients;
    }

    public <T> T read(HttpHeaders headers, InputStream body, Class<T> type) {
        Bodies.Limit limit = new Bodies.Limit("prediction_body_bytes", limits.predictionBodyBytes());
        return bodies.json(headers, body, limit, type);
    }

    public Response admit(Supplier<Object> answer) {
        return replies.ok(admission.admit(() -> clients.whileThere(answer)));
    }

    /**
     * Answers a part of a larger request, which waits for its turn.
     *
     * @throws Refusal.Saturated when it has waited, or been worked on, for too long
     */
    <T> T awaitTurn(Supplier<T> answer) {
        // What was given up for taking too long is past it, and not begun again.
        Deadline deadline = clients.deadline();
        while (true) {
            try {
                return admission.admit(() -> clients.whileThere(deadline, answer));
            } catch (Refusal.Saturated busy) {
                if (deadline.leftNanos() <= 0 || Thread.currentThread().isInterrupted()) {
                    throw busy;
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * Holds a larger request back until this server has reached the revision that it asks for, or its client has left.
     *
     * @throws Refusal.Unparsable when it says in a way that cannot be read how long its client waits
     */
    void awaitRevision(Serving serving, Optional<TaskId> task, @Nullable String revision) {
        clients.whileThere(() -> {
            await(serving, task, revision);
            return task;
        });
    }

    /** The same for a request for predictions, whose failures count. */
    public Response admit(Optional<TaskId> task, Supplier<Object> answer) {
        try {
            return admit(answer);
        } catch (Refusal.Saturated | Refusal.NotReady | IllegalStateException failure) {
            if (!clients.hasLeft()) {
                failed(task);
            }
            throw failure;
        }
    }

    /** Counts a failure that was ours, or for want of a place. */
    void failed(Optional<TaskId> task) {
        observer.failed(task);
    }

    void await(Serving serving, Optional<TaskId> task, @Nullable String revision) {
        minRevision.await(serving.active(), task, revision, serving.encoders().pool()::requireWanted);
    }

    PredictionRequest request(PredictBody question) {
        return new PredictionRequests(limits).read(question);
    }

    PredictionRequest request(PredictBody question, List<Input> inputs) {
        return new PredictionRequests(limits).read(question, inputs);
    }

    /**
     * Has what serves answer, or candidates that are tried in its place. Those answer no request that asks for a
     * revision, which they may lack.
     */
    List<Predictions> answers(Serving serving, List<Ensemble> ensembles, Asked asked) {
        return asked.minRevision() == null
                ? serving.shadows().answer(ensembles, asked.request(), asked.usual())
                : asked.usual().answer(ensembles, asked.request());
    }

    /**
     * What is asked of ensembles that serve.
     *
     * @param minRevision what the request asks for
     * @param usual has them answer
     */
    record Asked(PredictionRequest request, @Nullable String minRevision, Shadows.Answerer usual) {}

    /**
     * The answers as replies show them. Every answer to a client comes through here, so that it is counted, remembered
     * under an id, compared with that of a candidate, and kept back where the task answers silently yet.
     */
    List<PredictionView> views(Serving serving, Optional<TaskId> task, PredictionRequest request, Predictions answers) {
        RevisionId by = answers.revision();
        boolean silent =
                task.filter(id -> serving.apprentices().isSilent(id, by)).isPresent();
        Predictions told = silent ? answers.silenced() : answers;
        observer.answered(task, told);
        List<String> ids = Remembrance.ids(serving, task, request, answers);
        task.ifPresent(id -> {
            serving.shadows().answered(id, request, answers, ids);
            if (silent) {
                serving.apprentices().answered(id, by, ids);
            }
        });
        return Remembrance.views(ids, told, silent);
    }
}
