// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Shadows in memory, of the tasks of a store. Thread-safe. */
public final class MemoryShadowStore implements ShadowStore {
    private final TaskStore tasks;
    private final Map<String, ShadowCourse> courseById = new TreeMap<>();
    private Optional<TaskId> refused = Optional.empty();
    private boolean refusesEnds;

    public MemoryShadowStore(TaskStore tasks) {
        this.tasks = tasks;
    }

    private List<ShadowCourse> present() {
        courseById
                .values()
                .removeIf(course -> tasks.task(course.shadow().task()).isEmpty());
        return List.copyOf(courseById.values());
    }

    @Override
    public synchronized void begin(Shadow shadow, Optional<Idempotency.Entry> reply, int most) {
        if (tasks.task(shadow.task()).isEmpty()) {
            throw new Refusal.NotFound("task", shadow.task().value());
        }
        List<ShadowCourse> others = page(shadow.task(), "", Integer.MAX_VALUE);
        if (others.stream().anyMatch(course -> course.state() == State.RUNNING)) {
            throw new Refusal.Conflict("one runs already");
        }
        others.stream()
                .skip(most)
                .forEach(course -> courseById.remove(course.shadow().id()));
        courseById.put(shadow.id(), ShadowCourse.begun(shadow));
        reply.ifPresent(entry -> tasks.keepReply(entry.request(), entry.reply()));
    }

    /** Keeps nothing of a task from now on; of another one that it kept nothing of, it does again. */
    synchronized void refuse(TaskId task) {
        refused = Optional.of(task);
        refusesEnds = false;
    }

    /** Keeps no end from now on. */
    synchronized void refuseEnds() {
        refusesEnds = true;
    }

    @Override
    public synchronized void keep(ShadowCourse course) {
        if (refused.equals(Optional.of(course.shadow().task()))) {
            throw new Refusal.StoreUnavailable("The disk is full.", 1);
        }
        put(course);
    }

    @Override
    public synchronized void end(ShadowCourse course) {
        if (refusesEnds) {
            throw new Refusal.StoreUnavailable("The disk is full.", 1);
        }
        put(course);
    }

    private void put(ShadowCourse course) {
        courseById.computeIfPresent(
                course.shadow().id(), (id, before) -> before.state() == State.RUNNING ? course : before);
    }

    @Override
    public synchronized Optional<ShadowCourse> find(TaskId task, String id) {
        return present().stream()
                .filter(course -> course.shadow().task().equals(task)
                        && course.shadow().id().equals(id))
                .findFirst();
    }

    @Override
    public synchronized List<ShadowCourse> page(TaskId task, String before, int limit) {
        return present().stream()
                .filter(course -> course.shadow().task().equals(task))
                .filter(course -> before.isEmpty() || course.shadow().id().compareTo(before) < 0)
                .sorted(Comparator.comparing(
                                (ShadowCourse course) -> course.shadow().id())
                        .reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<ShadowCourse> running() {
        return present().stream()
                .filter(course -> course.state() == State.RUNNING)
                .toList();
    }
}
