// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.refresh.Exports.Export;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.AuditLog;
import dev.perennial.task.TaskId;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps exported files as long as they may be kept: until their time is over, or until something is erased that they
 * hold. Safe for concurrent use.
 *
 * <p>What was erased is read from the audit events, which are written with the erasure itself. So a file that was
 * written meanwhile never comes to be there, and one that a crash has left is removed at the next start.
 */
public final class ExportKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ExportKeeper.class.getName());
    private static final String REMOVE = "task.remove";
    private static final int EVENTS = 1000;
    private static final long SWEEP_SECONDS = 60;

    /**
     * @param clock what time it is
     * @param ids makes ids of exports, {@code exp_...}, each greater than the one before
     */
    public record Ports(Exports exports, AuditLog audit, InstantSource clock, Supplier<String> ids) {}

    /**
     * @param retention how long a file is kept
     * @param files how many may be kept
     */
    public record Bounds(Duration retention, int files) {}

    private final Ports ports;
    private final Bounds bounds;
    /** The last event that was looked at, by export. Guarded by this. */
    private final Map<String, String> unerasedUntil = new HashMap<>();

    private final ScheduledThreadPoolExecutor background = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "exports");
        thread.setDaemon(true);
        return thread;
    });

    public ExportKeeper(Ports ports, Bounds bounds) {
        this.ports = ports;
        this.bounds = bounds;
    }

    /** Removes what an earlier process has left behind, and begins to remove what is too old. */
    public void open() {
        ports.exports().sweep();
        removeStale();
        Future<?> unused =
                background.scheduleWithFixedDelay(this::removeQuietly, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Writes a file of tasks.
     *
     * @return empty when something of them was erased meanwhile: then nothing is kept
     */
    public Optional<Export> make(List<TaskId> tasks, Exports.Writer writer) {
        requireRoom();
        Export export = new Export(
                ports.ids().get(), ports.clock().instant(), tasks, ports.audit().latest());
        ports.exports().prepare(export, writer);
        try {
            return publish(export);
        } catch (RuntimeException failure) {
            ports.exports().remove(export.id());
            throw failure;
        }
    }

    private synchronized Optional<Export> publish(Export export) {
        if (isStale(export)) {
            ports.exports().remove(export.id());
            return Optional.empty();
        }
        ports.exports().publish(export.id());
        return Optional.of(export);
    }

    /** @throws Refusal.Conflict when no more files may be kept */
    public void requireRoom() {
        if (all().size() >= bounds.files()) {
            throw new Refusal.Conflict("There are " + bounds.files()
                    + " exports already, which is as many as perennial.exports.files allows; remove one.");
        }
    }

    /** The files that are there, by id. */
    public List<Export> all() {
        removeStale();
        return ports.exports().all();
    }

    /** @throws Refusal.NotFound when there is no such file, or no longer */
    public synchronized Export find(String id) {
        Export export = ports.exports().find(id).orElseThrow(() -> new Refusal.NotFound("export", id));
        if (isOver(export)) {
            ports.exports().remove(id);
            throw new Refusal.NotFound("export", id);
        }
        return export;
    }

    public long size(Export export) {
        return ports.exports().size(export.id());
    }

    public InputStream open(Export export) {
        return ports.exports().open(export.id());
    }

    /** Until when a file is kept. */
    public Instant end(Export export) {
        return export.createdAt().plus(bounds.retention());
    }

    /** Removes a file. */
    public synchronized void remove(String id) {
        ports.exports().remove(find(id).id());
    }

    /** Removes every file that holds a task. Called when something of it may have been erased. */
    public synchronized void erased(TaskId task) {
        ports.exports().all().stream()
                .filter(export -> export.tasks().contains(task))
                .forEach(export -> ports.exports().remove(export.id()));
    }

    @Override
    public void close() {
        background.shutdownNow();
    }

    private void removeQuietly() {
        try {
            removeStale();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.WARNING, "Exports that are over are still there: {0}", failure.getClass());
        }
    }

    private synchronized void removeStale() {
        List<Export> all = ports.exports().all();
        unerasedUntil.keySet().retainAll(all.stream().map(Export::id).toList());
        all.stream().filter(this::isOver).forEach(export -> ports.exports().remove(export.id()));
    }

    private boolean isOver(Export export) {
        return !ports.clock().instant().isBefore(end(export)) || isStale(export);
    }

    /** Whether something was erased since the file's tasks were read. Every event is looked at once. */
    private synchronized boolean isStale(Export export) {
        String last = unerasedUntil.getOrDefault(export.id(), export.lastEvent());
        List<AuditEvent> events;
        do {
            events = ports.audit().events(last, EVENTS, Optional.empty());
            if (events.stream().anyMatch(event -> erases(event, export))) {
                return true;
            }
            last = events.isEmpty() ? last : events.get(events.size() - 1).id();
        } while (events.size() == EVENTS);
        unerasedUntil.put(export.id(), last);
        return false;
    }

    private static boolean erases(AuditEvent event, Export export) {
        boolean erases = event.counts().removed() > 0 || event.action().equals(REMOVE);
        return erases
                && export.tasks().stream().anyMatch(task -> Subject.task(task).equals(event.subject()));
    }
}
