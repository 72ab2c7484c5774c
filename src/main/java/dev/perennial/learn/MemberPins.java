// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.revision.RevisionStore;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.TaskId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The tasks that went back to a revision with other members than they would have, and these. Thread-safe; a read is of
 * one moment.
 */
final class MemberPins {
    private final RevisionStore store;
    private volatile Map<TaskId, List<MemberPin>> byTask = Map.of();

    MemberPins(RevisionStore store) {
        this.store = store;
    }

    /** Reads what is stored. */
    synchronized void load() {
        byTask = Map.copyOf(store.pins());
    }

    Map<TaskId, List<MemberPin>> all() {
        return byTask;
    }

    /** Notes what is stored already. */
    synchronized void put(TaskId id, List<MemberPin> pins) {
        Map<TaskId, List<MemberPin>> next = new HashMap<>(byTask);
        if (pins.isEmpty()) {
            next.remove(id);
        } else {
            next.put(id, pins);
        }
        byTask = Map.copyOf(next);
    }

    /**
     * Lets tasks have the members that they would have anyway.
     *
     * @return those of them that had others
     */
    synchronized Set<TaskId> release(Predicate<Map.Entry<TaskId, List<MemberPin>>> which) {
        Set<TaskId> released =
                byTask.entrySet().stream().filter(which).map(Map.Entry::getKey).collect(Collectors.toSet());
        if (!released.isEmpty()) {
            store.unpin(released);
            Map<TaskId, List<MemberPin>> next = new HashMap<>(byTask);
            next.keySet().removeAll(released);
            byTask = Map.copyOf(next);
        }
        return released;
    }
}
