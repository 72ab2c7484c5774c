// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Predictor;
import dev.perennial.evaluate.SuiteAccuracyStore.Asked;
import dev.perennial.evaluate.SuiteAccuracyStore.Stored;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Asks suites in the background whenever their tasks answer by another revision or they were stored, and records how
 * well they were answered. One thread looks from time to time what has changed, so that neither teaching nor answering
 * tells it anything or waits for it. Changes that follow one another quickly are one step. Thread-safe.
 */
public final class SuiteRecorder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SuiteRecorder.class.getName());

    /** Of a task; older ones are deleted. */
    private static final int MOST_STEPS = 1_000;

    /** After so many quiet periods a task that is taught all the time is asked all the same. */
    private static final int MOST_WAITS = 6;

    /** A suite that cannot be asked is tried again after up to 2^8 quiet periods. */
    private static final int MOST_DOUBLINGS = 8;

    private static final int AT_ONCE = 64;
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final long CLOSING_SECONDS = 10;

    /**
     * What recording needs.
     *
     * @param suites what is asked
     * @param accuracies where it is recorded
     * @param clock what time it is
     * @param quiet how long a task has to be left alone before it is asked
     */
    public record Ports(SuiteStore suites, SuiteAccuracyStore accuracies, InstantSource clock, Duration quiet) {}

    /** By what a suite would be answered. */
    private record Change(RevisionId revision, String suite) {}

    /**
     * A change that is not recorded yet.
     *
     * @param first when the task began to change, in milliseconds like the next one
     * @param since when this change was seen, or failed last
     * @param failures how often it could not be recorded
     */
    private record Waiting(Change change, long first, long since, int failures) {
        /** A clock that was put back would have it wait as much longer. */
        boolean isDue(long now, long quiet) {
            boolean isQuiet = now < since || now - since >= quiet << Math.min(failures, MOST_DOUBLINGS);
            return isQuiet || (failures == 0 && now - first >= MOST_WAITS * quiet);
        }
    }

    private record Due(Stored suite, Ensemble ensemble) {}

    private final Ports ports;
    private final ActiveEnsembles active;
    private final Encoders readers;
    private final Predictor predictor;
    private final ScheduledThreadPoolExecutor executor;

    /** This and the next member belong to whoever looks, one at a time. */
    private final Map<TaskId, Waiting> waiting = new HashMap<>();

    private Set<String> seen = Set.of();
    private volatile boolean closed;

    /** @param readers has a pool of its own, which is closed with this and may keep what it has read */
    public SuiteRecorder(Ports ports, ActiveEnsembles active, Encoders readers) {
        this.ports = ports;
        this.active = active;
        this.readers = readers;
        this.predictor = new Predictor(active, readers);
        this.executor = new ScheduledThreadPoolExecutor(1, SuiteRecorder::thread);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint: what clients wait for comes first
    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "suite-recorder");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        return thread;
    }

    /** What suites are read with; what it has read of a suite is forgotten with it. */
    Encoders readers() {
        return readers;
    }

    /** Begins to look, until this is closed. */
    public void begin() {
        long pause = Math.max(
                SHORTEST_PAUSE_MILLIS,
                Math.min(LONGEST_PAUSE_MILLIS, ports.quiet().toMillis() / 4));
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(this::lookQuietly, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void lookQuietly() {
        try {
            look();
        } catch (RuntimeException | Error failure) {
            if (!closed) {
                LOG.log(System.Logger.Level.WARNING, "Suites could not be looked at; tried again", failure);
            }
        }
    }

    /** Looks what has changed, and asks what is due. */
    synchronized void look() {
        List<Stored> suites = ports.accuracies().suites();
        forgetRead(suites);
        waiting.keySet().retainAll(suites.stream().map(Stored::task).collect(Collectors.toSet()));
        long now = ports.clock().millis();
        List<Due> due = new ArrayList<>();
        for (Stored suite : suites) {
            active.find(suite.task())
                    .filter(ensemble -> isDue(suite, ensemble, now))
                    .ifPresent(ensemble -> due.add(new Due(suite, ensemble)));
        }
        // In the order in which they were learnt, which is that of the steps.
        due.sort(Comparator.comparing(one -> one.ensemble().answerRevision()));
        for (Due one : due) {
            if (!closed) {
                record(one);
            }
        }
    }

    private boolean isDue(Stored suite, Ensemble ensemble, long now) {
        RevisionId revision = ensemble.answerRevision();
        if (suite.last().map(step -> step.asked().revision()).equals(Optional.of(revision))) {
            waiting.remove(suite.task());
            return false;
        }
        Change change = new Change(revision, suite.digest());
        Waiting before = waiting.get(suite.task());
        Waiting after = before != null && before.change().equals(change)
                ? before
                : new Waiting(change, before == null ? now : before.first(), now, 0);
        waiting.put(suite.task(), after);
        return after.isDue(now, ports.quiet().toMillis());
    }

    /** What was read of rows that are erased is kept no longer than they are. */
    private void forgetRead(List<Stored> suites) {
        Set<String> there = suites.stream().map(Stored::digest).collect(Collectors.toCollection(HashSet::new));
        if (!there.containsAll(seen)) {
            readers.pool().forget();
        }
        seen = there;
    }

    private void record(Due due) {
        TaskId task = due.suite().task();
        try {
            recordOrFail(due);
            waiting.remove(task);
        } catch (RuntimeException failure) {
            if (closed) {
                return;
            }
            System.Logger.Level level =
                    failure instanceof Refusal ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
            LOG.log(level, "The suite of task " + task + " could not be asked; tried again later", failure);
            Waiting now = waiting.get(task);
            if (now != null) {
                long since = ports.clock().millis();
                waiting.put(task, new Waiting(now.change(), now.first(), since, now.failures() + 1));
            }
        }
    }

    private void recordOrFail(Due due) {
        TaskId task = due.suite().task();
        List<Teaching> rows = ports.suites().rows(task, 0, Integer.MAX_VALUE).stream()
                .map(Suite.Row::teaching)
                .toList();
        // It may have been replaced meanwhile, and is then looked at again.
        if (!Suite.digest(rows).equals(due.suite().digest())) {
            return;
        }
        Evaluations.requireKind(due.ensemble().task(), rows);
        accuracy(due.ensemble(), rows)
                .ifPresent(accuracy -> ports.accuracies()
                        .keep(
                                new Asked(
                                        task,
                                        due.ensemble().answerRevision(),
                                        due.suite().digest(),
                                        rows.size(),
                                        due.ensemble().examples(),
                                        accuracy,
                                        ports.clock().instant().truncatedTo(ChronoUnit.MICROS)),
                                MOST_STEPS));
    }

    /** As answers of mode {@code auto} are; empty when this is closed meanwhile. */
    private OptionalDouble accuracy(Ensemble ensemble, List<Teaching> rows) {
        Answering answering = new EnsembleAnswers(ensemble, predictor);
        double right = 0;
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            if (closed) {
                return OptionalDouble.empty();
            }
            List<Teaching> part = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            for (RowOutcome outcome : Evaluator.outcomes(answering, part, Mode.AUTO)) {
                right += outcome.right();
            }
        }
        return OptionalDouble.of(Math.max(0, Math.min(1, right / rows.size())));
    }

    /** Ends looking; what is being asked is not recorded, and is asked after the next start. */
    @Override
    public void close() {
        closed = true;
        executor.shutdown();
        // Whatever is being read ends with this.
        readers.pool().close();
        try {
            if (!executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "A suite is still being asked");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
