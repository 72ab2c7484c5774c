// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.refresh.Job.Progress;
import dev.perennial.refresh.Job.Status;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Long work in the background: accepted durably, done in the order of acceptance by a few threads, reported, cancelled
 * on request, and taken up again after a restart. Thread-safe.
 */
public final class Jobs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Jobs.class.getName());
    private static final int RETRY_AFTER_SECONDS = 10;
    private static final Duration REMOVAL_INTERVAL = Duration.ofHours(1);
    private static final Duration RECORDED_AGAIN = Duration.ofSeconds(10);
    private static final Duration LONGEST_GIVING_BACK = Duration.ofSeconds(10);

    /**
     * What jobs need from outside.
     *
     * @param store where jobs are kept
     * @param clock what time it is
     * @param ids makes job ids, {@code job_...}, each greater than the one before
     * @param problems says why a job failed
     * @param observer told of jobs that stand still
     */
    public record Ports(
            JobStore store, InstantSource clock, Supplier<String> ids, JobProblems problems, JobObserver observer) {}

    /**
     * @param threads how many jobs run at once
     * @param unfinished how many jobs may wait or run
     * @param retention how long finished jobs are kept
     * @param stall how long work may tell and ask nothing before it is ended; zero: without end
     */
    public record Settings(int threads, int unfinished, Duration retention, Duration stall) {}

    /**
     * Work to accept.
     *
     * @param kind what kind of work
     * @param subject what it works on, e.g. a task's id
     * @param payload all it needs to run
     * @param total units to be done
     * @param unit what is counted
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Order(String kind, String subject, byte[] payload, long total, String unit) {}

    private final Ports ports;
    private final Settings settings;
    private final Map<String, JobWork> workByKind;
    private final Map<String, JobRun> unfinished = new ConcurrentHashMap<>();
    private final JobEngine engine;
    private final JobThreads threads;
    private final JobWatch watch;

    /** Guarded by this. */
    private Instant nextRemoval = Instant.EPOCH;

    public Jobs(Ports ports, Settings settings, List<? extends JobWork> works) {
        this(ports, settings, works, System::nanoTime);
    }

    Jobs(Ports ports, Settings settings, List<? extends JobWork> works, LongSupplier nanos) {
        this.ports = ports;
        this.settings = settings;
        this.workByKind = works.stream().collect(Collectors.toUnmodifiableMap(JobWork::kind, Function.identity()));
        this.engine = new JobEngine(ports.store(), ports.clock(), nanos, new JobListeners(), new CountDownLatch(1));
        this.threads = new JobThreads(settings.threads(), ports.observer());
        this.watch = new JobWatch(engine, settings.stall(), this::giveUp);
    }

    /** Takes up the jobs that an earlier process left unfinished. Called once, when their work can be done. */
    public synchronized void resume() {
        removeExpired();
        ports.store().unfinished().forEach(this::submit);
    }

    /**
     * Accepts work. When this returns, the job is on disk and will be done.
     *
     * @param reply what to keep for an idempotent request, given the job
     * @throws Refusal.Saturated when too many jobs are unfinished
     */
    public synchronized Job accept(Order order, Function<Job, Optional<Idempotency.Entry>> reply) {
        if (!workByKind.containsKey(order.kind())) {
            throw new IllegalStateException("no work of kind " + order.kind());
        }
        if (unfinished.size() >= settings.unfinished()) {
            throw new Refusal.Saturated(
                    "Too many jobs are waiting; try again when one has ended.", RETRY_AFTER_SECONDS);
        }
        removeExpired();
        Job job = new Job(
                ports.ids().get(),
                order.kind(),
                order.subject(),
                Status.QUEUED,
                new Progress(0, order.total(), order.unit(), "waiting"),
                ports.clock().instant(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        ports.store().accept(job, order.payload(), reply.apply(job));
        Failpoint.JOB_ACCEPTED.pass();
        submit(job);
        return job;
    }

    /**
     * The same for work of which one at a time may go on for a subject.
     *
     * @throws Refusal.Conflict when there is unfinished work of the kind for the subject
     */
    public synchronized Job acceptAlone(Order order, Function<Job, Optional<Idempotency.Entry>> reply) {
        boolean busy = unfinished.values().stream()
                .map(JobRun::job)
                .filter(job -> !job.status().isFinal())
                .anyMatch(
                        job -> job.kind().equals(order.kind()) && job.subject().equals(order.subject()));
        if (busy) {
            throw new Refusal.Conflict(
                    "The same work is waiting or running already; wait for its end, or cancel it: see GET /v1/jobs.");
        }
        return accept(order, reply);
    }

    /** A job by its id. */
    public Job job(String id) {
        JobRun run = unfinished.get(id);
        return run == null ? stored(id) : run.job();
    }

    /** At most {@code limit} jobs after {@code after} in the order of acceptance ({@code ""}: the first page). */
    public List<Job> jobs(String after, int limit) {
        return ports.store().jobs(after, limit);
    }

    /**
     * Asks a job to stop. What it has done stays done.
     *
     * @return the job: cancelled already, or still running until its present step ends
     * @throws Refusal.Conflict when it has reached its end
     */
    public Job cancel(String id) {
        JobRun run = unfinished.get(id);
        if (run == null || run.wasGivenUp()) {
            stored(id);
            throw JobRun.finished();
        }
        Optional<byte[]> payload = ports.store().payload(id);
        Job job = run.cancel();
        if (job.status().isFinal()) {
            payload.ifPresent(bytes -> work(job).abandon(job, bytes));
        }
        return job;
    }

    /** Events of a job with a number greater than {@code after}, at most {@code limit}. */
    public List<JobStore.Event> events(String id, long after, int limit) {
        return ports.store().events(id, after, limit);
    }

    /** Calls {@code listener} after every new event of a job, until what is returned is closed. */
    public AutoCloseable listen(String id, Runnable listener) {
        return engine.listeners().add(id, listener);
    }

    /** How many jobs wait or run now, by status. */
    public Map<Status, Long> unfinishedByStatus() {
        return unfinished.values().stream()
                .collect(Collectors.groupingBy(run -> run.job().status(), Collectors.counting()));
    }

    /** Lets running work end its present step and stops; unfinished jobs go on after the next start. */
    @Override
    public void close() {
        engine.stopping().countDown();
        watch.close();
        threads.close();
    }

    /** Looks at once what stands still. */
    void look() {
        watch.look();
    }

    private Job stored(String id) {
        return ports.store().job(id).orElseThrow(() -> new Refusal.NotFound("job", id));
    }

    /** Done when jobs are accepted too, so that they do not pile up in a process that runs for months. */
    private synchronized void removeExpired() {
        Instant now = ports.clock().instant();
        // A clock that was put back is before the interval, and would have the old ones stay as much longer.
        if (!now.isBefore(nextRemoval) || now.isBefore(nextRemoval.minus(REMOVAL_INTERVAL))) {
            ports.store().removeFinal(now.minus(settings.retention()));
            nextRemoval = now.plus(REMOVAL_INTERVAL);
        }
    }

    private void submit(Job job) {
        JobRun run = new JobRun(engine, job);
        unfinished.put(job.id(), run);
        threads.execute(() -> runAndForget(run));
    }

    private void runAndForget(JobRun run) {
        String id = run.id();
        try {
            engine.requireAlive();
            Optional<byte[]> payload = engine.durably(() -> ports.store().payload(id));
            if (run.start()) {
                run(run, payload.orElseThrow(() -> new IllegalStateException("a job lost its payload")));
            } else {
                payload.ifPresent(bytes -> work(run.job()).abandon(run.job(), bytes));
            }
        } catch (JobStopped stopped) {
            LOG.log(
                    System.Logger.Level.INFO,
                    run.wasGivenUp()
                            ? "Job {0}, which was given up, has ended"
                            : "Job {0} stops; it goes on when its store is opened again",
                    id);
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "Job {0} cannot be recorded: {1}", id, failure.getClass());
        } finally {
            unfinished.remove(id);
        }
    }

    private void run(JobRun run, byte[] payload) {
        try {
            JobWork.Outcome outcome = watched(run, payload);
            requireNotGivenUp(run);
            Status status = outcome.complete() ? Status.SUCCEEDED : Status.CANCELLED;
            boolean wasEnded = status == Status.CANCELLED && run.stoodStill();
            run.finish(
                    wasEnded ? Status.FAILED : status,
                    Optional.of(outcome.result()),
                    wasEnded ? Optional.of(problem(run, standstill())) : Optional.empty());
            if (wasEnded) {
                ports.observer().stoodStill();
            }
        } catch (JobStopped stopped) {
            engine.requireAlive();
            if (!run.stoodStill()) {
                throw stopped;
            }
            fail(run, payload, standstill());
        } catch (RuntimeException | Error failure) {
            engine.requireAlive();
            fail(run, payload, run.stoodStill() ? standstill() : failure);
        }
    }

    private JobWork.Outcome watched(JobRun run, byte[] payload) {
        JobWatch.Shift shift = watch.begin(run);
        try {
            return outcome(run, payload);
        } finally {
            watch.end(shift);
            if (run.wasGivenUp()) {
                threads.found();
            }
        }
    }

    private void fail(JobRun run, byte[] payload, Throwable failure) {
        requireNotGivenUp(run);
        Optional<String> kept = kept(run, payload);
        giveUp(run, payload);
        run.finish(Status.FAILED, kept, Optional.of(problem(run, failure)));
        if (run.stoodStill()) {
            ports.observer().stoodStill();
        }
    }

    private static void requireNotGivenUp(JobRun run) {
        if (run.wasGivenUp()) {
            throw new JobStopped();
        }
    }

    private String problem(JobRun run, Throwable failure) {
        return ports.problems().problem(run.id(), failure);
    }

    private Refusal standstill() {
        return new Refusal.Stalled(settings.stall());
    }

    /**
     * Work whose thread does not end: another thread takes its place. It may hang in the store, so that is not asked.
     */
    private void giveUp(JobRun run) {
        if (!run.wasGivenUp()) {
            run.giveUp();
            threads.lost();
            ports.observer().stoodStill();
        }
        Thread unused = JobThreads.beside(() -> end(run));
    }

    private void end(JobRun run) {
        try {
            AtomicBoolean givenBack = new AtomicBoolean();
            while (!hasEnded(run, givenBack)) {
                engine.pause(RECORDED_AGAIN);
            }
        } catch (JobStopped stopped) {
            LOG.log(System.Logger.Level.INFO, "Job {0} was given up, and is begun again at the next start", run.id());
        }
    }

    /** Whether it is recorded that what was given up has failed. */
    private boolean hasEnded(JobRun run, AtomicBoolean givenBack) {
        try {
            Optional<byte[]> payload = engine.durably(() -> ports.store().payload(run.id()));
            // Before, so that a process which ends meanwhile finds the job, and with it what is to be given back.
            if (payload.isPresent() && !givenBack.getAndSet(true)) {
                giveUpBeside(run, payload.get());
            }
            run.finish(Status.FAILED, Optional.empty(), Optional.of(problem(run, standstill())));
            unfinished.remove(run.id());
            return true;
        } catch (JobStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Job {0}, which was given up, cannot be recorded yet: {1}",
                    run.id(),
                    failure.getClass());
            return false;
        }
    }

    /** May wait for what the work holds, though not for as long as that hangs. */
    private void giveUpBeside(JobRun run, byte[] payload) {
        Thread thread = JobThreads.beside(() -> giveUp(run, payload));
        try {
            thread.join(LONGEST_GIVING_BACK.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new JobStopped();
        }
    }

    /** What failed work had done before; the failure is reported in any case. */
    private Optional<String> kept(JobRun run, byte[] payload) {
        try {
            return engine.durably(() -> work(run.job()).kept(run.job(), payload));
        } catch (JobStopped stopped) {
            throw stopped;
        } catch (RuntimeException unknown) {
            return Optional.empty();
        }
    }

    private void giveUp(JobRun run, byte[] payload) {
        try {
            work(run.job()).giveUp(run.job(), payload);
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "Job {0} left something: {1}", run.id(), failure.getClass());
        }
    }

    private JobWork work(Job job) {
        return Optional.ofNullable(workByKind.get(job.kind()))
                .orElseThrow(() -> new IllegalStateException("no work of kind " + job.kind()));
    }

    /** Work that finds the service busy waits for it, as a client would. */
    private JobWork.Outcome outcome(JobRun run, byte[] payload) {
        JobWork work = work(run.job());
        Patience patience = new Patience(run.job().progress().done());
        while (true) {
            try {
                return work.work(run.job(), payload, run);
            } catch (Refusal.Saturated | Refusal.NotReady | Refusal.StoreUnavailable busy) {
                run.pause(patience.after(run.job().progress().done()).orElseThrow(() -> busy));
            }
        }
    }
}
