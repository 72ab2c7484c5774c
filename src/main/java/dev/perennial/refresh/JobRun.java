// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.refresh.Job.Progress;
import dev.perennial.refresh.Job.Status;
import dev.perennial.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An unfinished job in this process: its present state, and every change of it, one after the other. Thread-safe.
 *
 * <p>A job that was asked to stop says so in its message, which is how the wish survives the process.
 */
final class JobRun implements JobProgress {
    static final String CANCELLING = "cancelling";

    /** A result of work that has changed nothing. */
    private static final String NOTHING = "{}";

    private final JobEngine engine;
    private final String id;

    /** Changed by who holds the monitor, which may be as long as the store hangs; read without it. */
    private volatile Job job;

    private volatile boolean cancelled;
    private volatile long lastSign;
    private volatile boolean standsStill;
    private volatile boolean givenUp;

    JobRun(JobEngine engine, Job job) {
        this.engine = engine;
        this.id = job.id();
        this.job = job;
        this.cancelled = job.progress().message().equals(CANCELLING);
        sign();
    }

    private void sign() {
        lastSign = engine.nanos().getAsLong();
    }

    /** When the work last told or asked something, by the clock that never goes back. */
    long lastSign() {
        return lastSign;
    }

    /** Has the work stop when it asks next. */
    void standStill() {
        standsStill = true;
    }

    /** Whether the work was told to stop because it gave no sign of itself. */
    boolean stoodStill() {
        return standsStill;
    }

    /** Has nothing be recorded any more of work that hangs, and nothing come of it. */
    void giveUp() {
        givenUp = true;
    }

    boolean wasGivenUp() {
        return givenUp;
    }

    String id() {
        return id;
    }

    /** Waits for nobody. */
    Job job() {
        return job;
    }

    /** Marks the job as running; false when it was cancelled before it began. */
    boolean start() {
        sign();
        return engine.durably(this::startOnce);
    }

    private synchronized boolean startOnce() {
        if (job.status().isFinal()) {
            return false;
        }
        if (cancelled) {
            end(Status.CANCELLED, Optional.empty(), Optional.empty());
            return false;
        }
        boolean resumed = job.startedAt().isPresent();
        Instant startedAt = job.startedAt().orElseGet(engine.clock()::instant);
        Job running = with(Status.RUNNING, job.progress(), Optional.of(startedAt));
        change(
                running,
                "log",
                new JsonText().put("message", resumed ? "resumed" : "started").toString());
        return true;
    }

    /** Asks the job to stop; one that has not begun stops at once. */
    synchronized Job cancel() {
        if (job.status().isFinal()) {
            throw finished();
        }
        if (job.status() == Status.QUEUED) {
            end(Status.CANCELLED, Optional.empty(), Optional.empty());
        } else {
            progress(job.progress().done(), job.progress().total(), CANCELLING);
        }
        cancelled = true;
        return job;
    }

    static Refusal.Conflict finished() {
        return new Refusal.Conflict("The job has reached its end; it cannot be cancelled.");
    }

    void finish(Status status, Optional<String> result, Optional<String> problem) {
        engine.durably(() -> end(status, result, problem));
    }

    private synchronized Job end(Status status, Optional<String> result, Optional<String> problem) {
        if (job.status().isFinal()) {
            return job;
        }
        Progress last = job.progress();
        Job ended = new Job(
                job.id(),
                job.kind(),
                job.subject(),
                status,
                new Progress(
                        last.done(),
                        last.total(),
                        last.unit(),
                        saysWhatWasDone(result) ? message(status) : word(status)),
                job.createdAt(),
                job.startedAt(),
                Optional.of(engine.clock().instant()),
                result,
                problem);
        JsonText data = new JsonText().put("status", word(status));
        result.ifPresent(json -> data.putJson("result", json));
        problem.ifPresent(json -> data.putJson("problem", json));
        return change(ended, "done", data.toString());
    }

    @Override
    public void report(long done, long total, String message) {
        sign();
        engine.durably(() -> progress(done, total, message));
    }

    private synchronized Job progress(long done, long total, String message) {
        requireUnfinished();
        Progress progress = new Progress(done, total, job.progress().unit(), cancelled ? CANCELLING : message);
        JsonText data = new JsonText()
                .put("done", done)
                .put("total", total)
                .put("unit", progress.unit())
                .put("message", progress.message());
        return change(with(job.status(), progress, job.startedAt()), "progress", data.toString());
    }

    @Override
    public void log(String message) {
        line(new JsonText().put("message", message));
    }

    @Override
    public void log(String message, Loss loss) {
        JsonText data = new JsonText()
                .put("message", message)
                .put("training", loss.training())
                .put("way", loss.way())
                .put("step", loss.step());
        line(Double.isFinite(loss.loss()) ? data.put("loss", loss.loss()) : data);
    }

    private void line(JsonText data) {
        sign();
        engine.durably(() -> record(data.toString()));
    }

    private synchronized Job record(String data) {
        requireUnfinished();
        return change(job, "log", data);
    }

    @Override
    public boolean mayGoOn() {
        sign();
        engine.requireAlive();
        requireUnfinished();
        return !cancelled && !standsStill;
    }

    @Override
    public boolean isEnded() {
        return standsStill || givenUp || job.status().isFinal();
    }

    /** Work that was given up stops where it tells or asks something after all. */
    private void requireUnfinished() {
        if (givenUp || job.status().isFinal()) {
            throw new JobStopped();
        }
    }

    @Override
    public void pause(Duration duration) {
        sign();
        if (standsStill) {
            throw new JobStopped();
        }
        engine.pause(duration);
        sign();
    }

    /** The state in memory follows the one on disk. */
    private Job change(Job changed, String eventType, String eventData) {
        engine.store().update(changed, eventType, eventData);
        job = changed;
        engine.listeners().wake(id);
        return changed;
    }

    private static boolean saysWhatWasDone(Optional<String> result) {
        return result.filter(json -> !json.equals(NOTHING)).isPresent();
    }

    private static String message(Status status) {
        return status == Status.CANCELLED ? "cancelled; the result says what was done" : word(status);
    }

    /** The status as clients see it. */
    static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private Job with(Status status, Progress progress, Optional<Instant> startedAt) {
        return new Job(
                job.id(),
                job.kind(),
                job.subject(),
                status,
                progress,
                job.createdAt(),
                startedAt,
                job.finishedAt(),
                job.result(),
                job.problem());
    }
}
