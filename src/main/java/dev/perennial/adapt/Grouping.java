// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.task.TaskId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All groups of tasks at one time: every task is in exactly one. Immutable. */
public final class Grouping {
    private final Map<String, TaskGroup> groupById = new TreeMap<>();
    private final Map<TaskId, TaskGroup> groupByTask = new HashMap<>();

    public Grouping(Collection<TaskGroup> groups) {
        for (TaskGroup group : groups) {
            groupById.put(group.id(), group);
            group.tasks().forEach(task -> groupByTask.put(task, group));
        }
    }

    /** All groups, in the order of their ids. */
    public Collection<TaskGroup> groups() {
        return Collections.unmodifiableCollection(groupById.values());
    }

    public Optional<TaskGroup> find(String id) {
        return Optional.ofNullable(groupById.get(id));
    }

    /** The group of a task; empty when there is no such task. */
    public Optional<TaskGroup> groupOf(TaskId task) {
        return Optional.ofNullable(groupByTask.get(task));
    }

    /** The tasks of a group, in the order in which they were defined; none when there is no such group. */
    public List<TaskId> tasksOf(String group) {
        return find(group).map(TaskGroup::tasks).orElse(List.of());
    }
}
