// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Apprenticeships in memory, of the tasks of a store. Thread-safe. */
public final class MemoryApprenticeshipStore implements ApprenticeshipStore {
    private final TaskStore tasks;
    private final Map<TaskId, Apprenticeship> byTask = new TreeMap<>();
    private Optional<TaskId> refused = Optional.empty();
    private Runnable beforeKeeping = () -> {};

    public MemoryApprenticeshipStore(TaskStore tasks) {
        this.tasks = tasks;
    }

    @Override
    public synchronized void put(Apprenticeship apprenticeship) {
        if (tasks.task(apprenticeship.task()).isEmpty()) {
            throw new Refusal.NotFound("task", apprenticeship.task().value());
        }
        byTask.put(apprenticeship.task(), apprenticeship);
    }

    /** Keeps nothing of a task from now on; of another one that it kept nothing of, it does again. */
    synchronized void refuse(TaskId task) {
        refused = Optional.of(task);
    }

    /** Does something before anything is kept. */
    synchronized void beforeKeeping(Runnable work) {
        beforeKeeping = work;
    }

    @Override
    public synchronized void keep(Apprenticeship apprenticeship) {
        beforeKeeping.run();
        if (refused.equals(Optional.of(apprenticeship.task()))) {
            throw new Refusal.StoreUnavailable("The disk is full.", 1);
        }
        end(apprenticeship);
    }

    @Override
    public synchronized void end(Apprenticeship apprenticeship) {
        byTask.computeIfPresent(apprenticeship.task(), (task, before) -> before.isRunning() ? apprenticeship : before);
    }

    @Override
    public synchronized Optional<Apprenticeship> find(TaskId task) {
        byTask.keySet().removeIf(id -> tasks.task(id).isEmpty());
        return Optional.ofNullable(byTask.get(task));
    }

    @Override
    public synchronized List<Apprenticeship> running() {
        byTask.keySet().removeIf(id -> tasks.task(id).isEmpty());
        return byTask.values().stream().filter(Apprenticeship::isRunning).toList();
    }
}
