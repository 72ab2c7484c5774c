// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.Predictor;
import dev.perennial.task.FormerTasks;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Watches what tasks are asked and answer. Observations are made in the background by one thread, so that no answer
 * waits; when there are more than are allowed, a random choice is observed. No text is kept longer than it waits for
 * that thread. Thread-safe.
 */
public final class DriftMonitor implements PredictionObserver, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DriftMonitor.class.getName());

    /** Those that were answered least recently are forgotten; each takes up to 70 kB. */
    private static final int MOST_TASKS = 1024;

    /** Examples that an input is compared with, which takes some 0.2 ms. */
    private static final int MOST_EXAMPLES = 1024;

    private final ActiveEnsembles active;
    private final Encoders encoders;
    private final InstantSource clock;
    private final Allowance allowance;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ThreadPoolExecutor executor;
    private final Map<TaskId, TaskWatch> watchByTask = new LinkedHashMap<>(16, 0.75f, true);
    private final FormerTasks former = new FormerTasks();
    private volatile Sketch sketch = new Sketch(0);

    /** @param perSecond most observations a second, of all tasks together; 0: none */
    public DriftMonitor(ActiveEnsembles active, Encoders encoders, InstantSource clock, int perSecond) {
        this.active = active;
        this.encoders = encoders;
        this.clock = clock;
        this.allowance = new Allowance(perSecond, clock, clock.millis());
        this.executor =
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DriftMonitor::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "drift");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void answered(long embedNanos, long combineNanos) {
        // Says nothing of drift.
    }

    @Override
    public void gave(Ensemble by, List<Given> answers) {
        int[] chosen = allowance.take(answers.size(), allowance.most() - waiting.get());
        if (chosen.length > 0) {
            Instant now = clock.instant();
            List<Given> observed = Arrays.stream(chosen).mapToObj(answers::get).toList();
            waiting.addAndGet(chosen.length);
            try {
                executor.execute(() -> observeAll(by, observed, now));
            } catch (RejectedExecutionException closing) {
                waiting.addAndGet(-chosen.length);
            }
        }
    }

    private void observeAll(Ensemble by, List<Given> answers, Instant now) {
        try {
            answers.forEach(given -> observe(by, given, now));
        } catch (RuntimeException busyOrClosing) {
            LOG.log(System.Logger.Level.DEBUG, "Answers were not observed", busyOrClosing);
        } finally {
            waiting.addAndGet(-answers.size());
        }
    }

    /** Observes an answer at once. */
    void observe(Ensemble by, Given given, Instant now) {
        // Whoever answered is gone, or never was a task's.
        if (by.answerRevision().number() == 0
                || active.find(by.task().id()).isEmpty()
                || by.members().isEmpty()) {
            return;
        }
        Ensemble.Glance glance = by.glance(vector(by.members().get(0), given), MOST_EXAMPLES);
        Prediction prediction = given.prediction();
        int label = prediction
                .label()
                .map(name -> by.labels().indexOf(name))
                .orElse(by.labels().size());
        Observation observation = new Observation(
                label,
                prediction.score().orElse(prediction.probability().orElse(0)),
                sketch(glance.features()),
                glance.nearest());
        watch(by, now).ifPresent(watch -> watch.add(by, observation, now));
    }

    /** Mode {@code full} does not ask a table, which is so cheap that it is asked here. */
    private float[] vector(Encoder first, Given given) {
        return given.vector().length > 0
                ? given.vector()
                : Predictor.encode(encoders, List.of(first), List.of(given.input()))
                        .get(0)
                        .vectors()
                        .get(0);
    }

    private byte[] sketch(float[] features) {
        Sketch fitting = sketch.length() == features.length ? sketch : new Sketch(features.length);
        sketch = fitting;
        return fitting.of(features);
    }

    /** Empty for one that is gone: then another watch may be of its name. */
    private Optional<TaskWatch> watch(Ensemble by, Instant now) {
        synchronized (watchByTask) {
            TaskId id = by.task().id();
            if (former.had(id, by.answerRevision())) {
                return Optional.empty();
            }
            TaskWatch there = watchByTask.get(id);
            TaskWatch watch = there != null && there.isOf(by.task())
                    ? there
                    : new TaskWatch(by.task().kind(), now);
            watchByTask.put(id, watch);
            if (watchByTask.size() > MOST_TASKS) {
                watchByTask.remove(watchByTask.keySet().iterator().next());
            }
            return Optional.of(watch);
        }
    }

    /** What is seen of a task since the start, or since it was forgotten. */
    public DriftReport report(Task task) {
        TaskWatch watch;
        synchronized (watchByTask) {
            watch = watchByTask.get(task.id());
        }
        return watch != null && watch.isOf(task)
                ? watch.report()
                : new TaskWatch(task.kind(), clock.instant()).report();
    }

    /** Forgets what was seen of a task; what comes next is its new reference. */
    public void forget(TaskId id) {
        synchronized (watchByTask) {
            watchByTask.remove(id);
        }
    }

    /**
     * Forgets what was seen of a task that is gone, also what it is answering yet.
     *
     * @param last the latest revision that it can have had
     */
    public void gone(TaskId id, RevisionId last) {
        synchronized (watchByTask) {
            former.add(id, last);
            watchByTask.remove(id);
        }
    }

    /** Leaves out what is waiting. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
