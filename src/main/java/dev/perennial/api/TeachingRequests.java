// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refresh.TeachingJob;
import dev.perennial.refresh.TeachingPayload;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.SourceName;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers requests that teach: at once, or by a job when there is much to teach. Thread-safe. */
@Singleton
public final class TeachingRequests {
    static final String NDJSON = "application/x-ndjson";
    static final String CSV = "text/csv";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int REPORTED_REJECTIONS = 1000;

    private final Limits limits;
    private final Bodies bodies;
    private final Replies replies;
    private final IdempotentRequests idempotentRequests;
    private final Admission admission;

    public TeachingRequests(
            ServingGate gate, Limits limits, Bodies bodies, Replies replies, IdempotentRequests idempotentRequests) {
        this.limits = limits;
        this.bodies = bodies;
        this.replies = replies;
        this.idempotentRequests = idempotentRequests;
        this.admission = new Admission(gate, "teachings", limits.concurrentTeachings());
    }

    /** A request that was read. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Request(Serving serving, Assignment assignment, ExampleUpload.Format format, byte[] body) {
        TaskId task() {
            return assignment.task();
        }
    }

    /**
     * What is taught, and by whom.
     *
     * @param source who taught the rows that do not say it
     */
    record Assignment(TaskId task, Optional<SourceName> source) {

        /** @throws Refusal.Invalid when the query parameter names no source */
        static Assignment of(String task, @Nullable String source) {
            return new Assignment(PathIds.task(task), ExampleSources.named(source));
        }

        /** What of the path and query makes another request of it. */
        private String route(String collection) {
            return "POST /v1/tasks/" + task + "/" + collection
                    + source.map(name -> "?source=" + name).orElse("");
        }
    }

    /**
     * What a teaching is answered with.
     *
     * @param rows indices of the request that are rows, for a reply line by line to NDJSON; empty elsewhere
     */
    record Taught(IdempotentRequests.Outcome outcome, Optional<BitSet> rows) {}

    Taught answer(Serving serving, Assignment assignment, HttpHeaders headers, InputStream body) {
        serving.stored(assignment.task());
        Bodies.Limit limit = new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes());
        Request request = new Request(serving, assignment, format(headers), bodies.bytes(headers, body, limit));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString("Idempotency-Key"), assignment.route("examples"), request.body());
        IdempotentRequests.Outcome outcome = admission.admit(
                () -> idempotentRequests.once(serving.store(), call, idempotency -> reply(request, idempotency)));
        return new Taught(outcome, TeachingLines.wanted(headers) ? rows(request) : Optional.empty());
    }

    /**
     * What a façade has read of a request.
     *
     * @param reply what it is answered with when it is taught
     */
    public record Lesson(TaskId task, List<Teaching> teachings, Object reply) {
        public Lesson {
            teachings = List.copyOf(teachings);
        }
    }

    /**
     * Teaches at once what a façade has read.
     *
     * @param lesson asked for when there is a place for it, unless a repetition is answered with what was kept
     */
    public IdempotentRequests.Outcome teach(Serving serving, IdempotentRequests.Call call, Supplier<Lesson> lesson) {
        return admission.admit(() -> idempotentRequests.once(serving.store(), call, idempotency -> {
            Lesson read = lesson.get();
            Idempotency.Reply reply = replies.keepable(OK, read.reply());
            TeachingOutcome unused =
                    serving.teacher().teach(read.task(), read.teachings(), idempotency, taught -> reply);
            return reply;
        }));
    }

    /**
     * A candidate to teach.
     *
     * @param onward whether it goes on from the candidate that there is
     */
    record Candidate(Assignment assignment, boolean onward) {
        private String route() {
            return assignment.route("candidates") + (onward ? " onward" : "");
        }
    }

    /** Teaches a candidate, at once. */
    IdempotentRequests.Outcome stage(Serving serving, Candidate candidate, HttpHeaders headers, InputStream body) {
        serving.stored(candidate.assignment().task());
        Bodies.Limit limit = new Bodies.Limit("teaching_body_bytes", limits.teachingBodyBytes());
        Request request =
                new Request(serving, candidate.assignment(), format(headers), bodies.bytes(headers, body, limit));
        IdempotentRequests.Call call = new IdempotentRequests.Call(
                headers.getHeaderString("Idempotency-Key"), candidate.route(), request.body());
        return admission.admit(() -> idempotentRequests.once(serving.store(), call, idempotency -> {
            Idempotency.Reply reply = staged(request, candidate.onward());
            idempotency.ifPresent(key -> serving.store().keepReply(key, reply));
            return reply;
        }));
    }

    private Idempotency.Reply staged(Request request, boolean onward) {
        ExampleUpload upload = admitted(request.serving(), request.task(), read(request));
        if (upload.rows() > limits.syncExamples()) {
            throw new Refusal.TooLarge("sync_examples", limits.syncExamples(), upload.rows());
        }
        if (upload.accepted().isEmpty()) {
            StoredTask task = request.serving().stored(request.task());
            return taughtReply(new TeachingOutcome(task.revision(), List.of(), task.examples()), upload);
        }
        TeachingOutcome outcome = request.serving().teacher().stage(request.task(), upload.teachings(), onward);
        return taughtReply(outcome, upload);
    }

    /** Teaches what was read, or hands it to a job. */
    private Idempotency.Reply reply(Request request, Optional<Idempotency> idempotency) {
        Serving serving = request.serving();
        ExampleUpload upload = admitted(serving, request.task(), read(request));
        if (serving.stored(request.task()).examples() + upload.accepted().size() > limits.examples()) {
            // Some may repeat or replace what is there.
            serving.teacher().requireRoom(request.task(), upload.teachings());
        }
        if (upload.accepted().isEmpty()) {
            return nothingTaught(request, upload, idempotency);
        }
        return upload.rows() > limits.syncExamples()
                ? byJob(request, upload, idempotency)
                : atOnce(request, upload, idempotency);
    }

    private Idempotency.Reply atOnce(Request request, ExampleUpload upload, Optional<Idempotency> idempotency) {
        TeachingOutcome outcome = request.serving()
                .teacher()
                .teach(request.task(), upload.teachings(), idempotency, taught -> taughtReply(taught, upload));
        return taughtReply(outcome, upload);
    }

    private Idempotency.Reply taughtReply(TeachingOutcome outcome, ExampleUpload upload) {
        return replies.keepable(OK, TaughtView.of(outcome, reported(upload)));
    }

    private Idempotency.Reply byJob(Request request, ExampleUpload upload, Optional<Idempotency> idempotency) {
        List<TeachingPayload.Rejected> rejected = reported(upload).stream()
                .map(row -> new TeachingPayload.Rejected(row.index(), row.detail()))
                .toList();
        TeachingPayload payload = new TeachingPayload(
                upload.teachings(), rejected, upload.rejected().size());
        return replies.keepable(
                ACCEPTED,
                JobView.of(request.serving()
                        .jobs()
                        .accept(
                                TeachingJob.order(request.task(), payload),
                                job -> idempotency.map(key ->
                                        new Idempotency.Entry(key, replies.keepable(ACCEPTED, JobView.of(job)))))));
    }

    private Idempotency.Reply nothingTaught(Request request, ExampleUpload upload, Optional<Idempotency> idempotency) {
        StoredTask task = request.serving().stored(request.task());
        TeachingOutcome nothing = new TeachingOutcome(task.revision(), List.of(), task.examples());
        Idempotency.Reply reply = taughtReply(nothing, upload);
        idempotency.ifPresent(key -> request.serving().store().keepReply(key, reply));
        return reply;
    }

    private ExampleUpload read(Request request) {
        Task task = request.serving().stored(request.task()).task();
        ExampleUpload.Bounds bounds = new ExampleUpload.Bounds(Integer.MAX_VALUE, limits.teachingBodyBytes());
        ExampleUpload.RowCheck check = new ExampleUpload.RowCheck(
                new TeachingRows(TeachingRows.Bounds.of(limits)),
                task,
                request.assignment().source());
        try {
            return ExampleUpload.read(new ByteArrayInputStream(request.body()), request.format(), bounds, check);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Optional<BitSet> rows(Request request) {
        try {
            return request.format() == ExampleUpload.Format.NDJSON
                    ? Optional.of(NdjsonLines.rows(new ByteArrayInputStream(request.body())))
                    : Optional.empty();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private ExampleUpload admitted(Serving serving, TaskId task, ExampleUpload upload) {
        return upload.admitting(new LabelBook(serving.labels(task), limits.labels()));
    }

    private static List<ExampleUpload.Rejected> reported(ExampleUpload upload) {
        List<ExampleUpload.Rejected> rejected = upload.rejected();
        return rejected.subList(0, Math.min(REPORTED_REJECTIONS, rejected.size()));
    }

    static ExampleUpload.Format format(HttpHeaders headers) {
        MediaType type = headers.getMediaType();
        String subtype = type == null ? "json" : type.getSubtype();
        return switch (subtype) {
            case "x-ndjson" -> ExampleUpload.Format.NDJSON;
            case "csv" -> ExampleUpload.Format.CSV;
            default -> ExampleUpload.Format.JSON;
        };
    }
}
