// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Answers on their way into the store, and back. One thread writes what has been answered within a second in one small
 * transaction, so that no answer waits; what does not fit into the bounded queue is left out, and counted. Thread-safe.
 *
 * <p>Whoever is about to erase something of a task calls {@link #beforeErasing} first: then what was answered before is
 * in the store, and is erased with the rest.
 */
public final class PredictionLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PredictionLog.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_IN_A_TRANSACTION = 2_000;

    /** While nothing is answered, old answers are looked for all the same. */
    private static final int PAUSES_BETWEEN_LOOKS = 60;

    private static final long CLOSING_SECONDS = 10;

    /**
     * What is kept.
     *
     * @param kept in the store; no rows: nothing is
     * @param waitingBytes most that may wait to be written
     */
    public record Bounds(PredictionStore.Bounds kept, long waitingBytes) {}

    private final PredictionStore store;
    private final InstantSource clock;
    private final Bounds bounds;
    private final LongConsumer dropped;
    private final Queue<KeptPrediction> waiting = new ConcurrentLinkedQueue<>();
    /** Those that wait, and those that are just being written. */
    private final Set<String> unwritten = ConcurrentHashMap.newKeySet();

    private final AtomicLong waitingBytes = new AtomicLong();
    private final Set<TaskId> keepingTexts = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor executor;
    /** Held by whoever writes. */
    private final Object writing = new Object();
    /** Held while it is changed whose texts are kept; nobody waits for the other one who holds it. */
    private final Object texts = new Object();

    private int pauses;

    /** @param dropped told how many answers were left out */
    public PredictionLog(PredictionStore store, InstantSource clock, Bounds bounds, LongConsumer dropped) {
        this.store = store;
        this.clock = clock;
        this.bounds = bounds;
        this.dropped = dropped;
        this.executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "prediction-log");
            thread.setDaemon(true);
            return thread;
        });
        keepingTexts.addAll(store.keepingTexts());
    }

    /** Begins to write, until this is closed. What was kept before is erased first where nothing is to be kept now. */
    public void begin() {
        if (bounds.kept().rows() == 0) {
            write();
        }
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(this::write, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keeps the texts of those tasks whose texts are to be kept now, after another process may have said so. */
    public void follow() {
        synchronized (texts) {
            Set<TaskId> wanted = store.keepingTexts();
            keepingTexts.retainAll(wanted);
            keepingTexts.addAll(wanted);
        }
    }

    /**
     * Keeps an answer, if there is room.
     *
     * @param id of the answer
     * @param asked what it answers
     */
    public void keep(String id, TaskId task, Asked asked, GivenAnswer given) {
        if (bounds.kept().rows() == 0) {
            return;
        }
        KeptPrediction kept = new KeptPrediction(
                id,
                task,
                now(),
                ContentKey.of(asked.input()),
                given,
                asked.vector().length == 0
                        ? Optional.empty()
                        : Optional.of(ByteVector.of(asked.reader(), asked.vector())),
                keepsTexts(task) ? Optional.of(asked.input()) : Optional.empty());
        long bytes = kept.bytes();
        if (waitingBytes.addAndGet(bytes) > bounds.waitingBytes()) {
            waitingBytes.addAndGet(-bytes);
            dropped.accept(1);
        } else {
            unwritten.add(id);
            waiting.add(kept);
        }
    }

    /**
     * What was asked, and what was read of it.
     *
     * @param reader digest of the member that read it
     * @param vector what it read; empty where it has not
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Asked(Input input, String reader, float[] vector) {}

    /** The answer of an id, unless it is too old, or gone. */
    public Optional<KeptPrediction> find(String id) {
        Instant oldest = clock.instant().minus(bounds.kept().age());
        // Asked before the store is, because it may be written in between.
        boolean isUnwritten = unwritten.contains(id);
        Optional<KeptPrediction> found = store.find(id);
        if (found.isEmpty() && isUnwritten) {
            // Not before whoever writes has written.
            write();
            found = store.find(id);
        }
        return found.filter(kept -> !kept.at().isBefore(oldest));
    }

    /** How long an answer can be referred to. */
    public Duration age() {
        return bounds.kept().age();
    }

    /** Vectors of a task's latest answers by one member. */
    public List<ByteVector> vectors(TaskId task, String member, int latest) {
        return store.vectors(task, member, latest);
    }

    public PredictionStore.Size size() {
        return store.size();
    }

    /** Whether texts of a task are kept. */
    public boolean keepsTexts(TaskId task) {
        return keepingTexts.contains(task);
    }

    /**
     * Has texts of a task kept from now on, or not any more: then those that were are erased.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    public void keepTexts(TaskId task, boolean wanted) {
        synchronized (writing) {
            synchronized (texts) {
                if (!wanted) {
                    keepingTexts.remove(task);
                }
                store.keepTexts(task, wanted, now());
                if (wanted) {
                    keepingTexts.add(task);
                }
            }
        }
    }

    /** Something of a task is about to be erased: has all that was answered by it in the store. */
    public void beforeErasing(TaskId task) {
        // Not before whoever writes has written, who may hold some of the task.
        synchronized (writing) {
            if (waiting.stream().anyMatch(kept -> kept.task().equals(task))) {
                write();
            }
        }
    }

    /** Something of a task was erased, or all of it, and with it what was said of its texts. */
    public void afterErasing(TaskId task) {
        if (keepsTexts(task)) {
            synchronized (texts) {
                // Not kept, as long as it is not known that they are to be.
                keepingTexts.remove(task);
                if (store.keepingTexts().contains(task)) {
                    keepingTexts.add(task);
                }
            }
        }
    }

    /** A whole task is stored, which says whether its texts are kept. */
    public void arrived(TaskId task, boolean keepsTexts) {
        synchronized (texts) {
            if (keepsTexts) {
                keepingTexts.add(task);
            } else {
                keepingTexts.remove(task);
            }
        }
    }

    /** Writes all that waits; what cannot be written is left out. */
    void write() {
        synchronized (writing) {
            List<KeptPrediction> some = some();
            if (some.isEmpty() && pauses++ % PAUSES_BETWEEN_LOOKS == 0) {
                write(some);
            }
            while (!some.isEmpty()) {
                write(some);
                some = some();
            }
        }
    }

    private void write(List<KeptPrediction> some) {
        try {
            store.keep(some, bounds.kept(), now());
        } catch (RuntimeException | Error failure) {
            dropped.accept(some.size());
            LOG.log(System.Logger.Level.WARNING, "Answers could not be kept for feedback", failure);
        } finally {
            some.forEach(kept -> unwritten.remove(kept.id()));
        }
    }

    private List<KeptPrediction> some() {
        List<KeptPrediction> some = new ArrayList<>();
        KeptPrediction next = waiting.poll();
        while (next != null) {
            waitingBytes.addAndGet(-next.bytes());
            // It may have been said since that texts are not to be kept.
            some.add(keepsTexts(next.task()) ? next : next.withoutText());
            next = some.size() == MOST_IN_A_TRANSACTION ? null : waiting.poll();
        }
        return some;
    }

    /** Writes what waits; what is answered later is left out. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
