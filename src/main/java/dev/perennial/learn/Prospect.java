// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An adaptation that is on its way to some tasks. It hears of what is erased meanwhile, and must not come to serve, nor
 * be kept, when it learnt from that. Thread-safe.
 */
public final class Prospect implements AutoCloseable {
    private final TaskMembers members;
    private final Set<TaskId> tasks;
    private final Set<String> erased = ConcurrentHashMap.newKeySet();
    private volatile boolean hasLostTask;

    Prospect(TaskMembers members, Collection<TaskId> tasks) {
        this.members = members;
        this.tasks = Set.copyOf(tasks);
    }

    /** Called in the members' monitor. */
    void erased(TaskId task, ContentKey input) {
        if (tasks.contains(task)) {
            erased.add(input.hex());
        }
    }

    /** Called in the members' monitor. */
    void removed(TaskId task) {
        hasLostTask |= tasks.contains(task);
    }

    /** Whether all its tasks and all of these inputs, by their keys in hex, are still there. */
    public boolean isSound(Set<String> inputs) {
        return !hasLostTask && Collections.disjoint(erased, inputs);
    }

    /**
     * Has what learnt from some inputs kept, unless it is not sound. What is erased later finds it kept.
     *
     * @return whether it was kept
     */
    public boolean keep(Set<String> inputs, Runnable keeping) {
        synchronized (members) {
            boolean sound = isSound(inputs);
            if (sound) {
                keeping.run();
            }
            return sound;
        }
    }

    /** It hears no more. */
    @Override
    public void close() {
        members.forget(this);
    }
}
