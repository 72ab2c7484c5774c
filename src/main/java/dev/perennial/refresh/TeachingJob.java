// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.refresh.TeachingPayload.Rejected;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Idempotency.Reply;
import dev.perennial.task.RevisionId;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Teaches a large upload, batch after batch. Each batch keeps the tally so far in its own transaction, under a key of
 * job and position, so that a job which is begun again neither repeats nor forgets one. Thread-safe.
 *
 * <p>Batches double with what was taught, because after each of them the task is learnt again.
 */
public final class TeachingJob implements JobWork {
    public static final String KIND = "teaching";

    private static final int FIRST_BATCH = 200;
    private static final int GREATEST_BATCH = 2000;
    private static final int OK = 200;

    /** Teaches one batch durably, as {@code learn.Teacher} does. */
    @FunctionalInterface
    public interface Batch {
        TeachingOutcome teach(
                TaskId id,
                List<Teaching> teachings,
                Optional<Idempotency> idempotency,
                Function<TeachingOutcome, Reply> reply);
    }

    private final TaskStore store;
    private final Batch batch;

    public TeachingJob(TaskStore store, Batch batch) {
        this.store = store;
        this.batch = batch;
    }

    /** What to hand to {@link Jobs#accept} for an upload to a task. */
    public static Jobs.Order order(TaskId task, TeachingPayload payload) {
        return new Jobs.Order(
                KIND, task.value(), payload.toBytes(), payload.teachings().size(), "examples");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome work(Job job, byte[] bytes, JobProgress progress) {
        TaskId task = new TaskId(job.subject());
        TeachingPayload payload = TeachingPayload.of(bytes);
        int total = payload.teachings().size();
        TeachingTally tally = reached(job.id());
        while (tally.done() < total && progress.mayGoOn()) {
            int end = Math.min(total, tally.done() + batchSize(tally.done()));
            tally = teach(new Step(job.id(), task, tally), payload.teachings().subList(tally.done(), end));
            progress.report(tally.done(), total, tally.taught() + " taught, " + tally.duplicates() + " duplicates");
        }
        return new Outcome(result(task, tally, payload), tally.done() == total);
    }

    @Override
    public Optional<String> kept(Job job, byte[] bytes) {
        return Optional.of(reached(job.id()))
                .filter(tally -> tally.done() > 0)
                .map(tally -> result(new TaskId(job.subject()), tally, TeachingPayload.of(bytes)));
    }

    /** Where the next batch starts. */
    private record Step(String jobId, TaskId task, TeachingTally before) {}

    private TeachingTally teach(Step step, List<Teaching> teachings) {
        Idempotency key = Idempotency.ofJob(step.jobId(), step.before().done());
        TeachingOutcome outcome = batch.teach(
                step.task(),
                teachings,
                Optional.of(key),
                one -> new Reply(OK, step.before().plus(one).toLine()));
        return step.before().plus(outcome);
    }

    /** The tally of the last batch that is on disk. */
    private TeachingTally reached(String jobId) {
        TeachingTally tally = TeachingTally.NOTHING;
        Optional<Idempotency.Entry> kept = store.reply(key(jobId, 0));
        while (kept.isPresent()) {
            tally = TeachingTally.of(kept.get().reply().body());
            kept = store.reply(key(jobId, tally.done()));
        }
        return tally;
    }

    private String result(TaskId task, TeachingTally tally, TeachingPayload payload) {
        Optional<StoredTask> now = store.task(task);
        RevisionId revision = tally.revision()
                .or(() -> now.map(StoredTask::revision))
                .orElseGet(() -> new RevisionId(store.latestRevision()));
        long examples = tally.revision().isPresent()
                ? tally.examplesTotal()
                : now.map(StoredTask::examples).orElse(0L);
        return new JsonText()
                .put("revision", revision.toString())
                .put("taught", tally.taught())
                .put("duplicates", tally.duplicates())
                .putAll("rejected", payload.rejected(), TeachingJob::json)
                .put("rejected_total", payload.rejectedTotal())
                .put("examples_total", examples)
                .toString();
    }

    private static String json(Rejected row) {
        return new JsonText()
                .put("index", row.index())
                .put("detail", row.detail())
                .toString();
    }

    private static String key(String jobId, int position) {
        return Idempotency.ofJob(jobId, position).key();
    }

    private static int batchSize(int done) {
        return Math.max(FIRST_BATCH, Math.min(GREATEST_BATCH, done));
    }
}
