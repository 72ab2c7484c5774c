// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.task.StoredTask;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The groups of the tasks that are stored: a function of their definitions, the order in which they were first defined
 * (by id where that is the same moment) and the encoders that read instructions. Nothing is stored. A task that is
 * defined is put beside the others; a change or removal of one, or of the encoders, groups all anew. Safe for
 * concurrent use.
 */
public final class TaskGroups {
    private static final Comparator<StoredTask> AS_DEFINED = Comparator.comparing(StoredTask::createdAt)
            .thenComparing(stored -> stored.task().id());

    private final TaskStore store;
    private final InstructionVectors vectors;
    private final GroupAdapters adapters;
    private final Object grouped = new Object();
    private Last last = new Last(-1, "", new Gathering(), new Grouping(List.of()));

    /** What was grouped last, when the store was at a revision. */
    private record Last(long revision, String readers, Gathering gathering, Grouping grouping) {}

    public TaskGroups(TaskStore store, InstructionVectors vectors, GroupAdapters adapters) {
        this.store = store;
        this.vectors = vectors;
        this.adapters = adapters;
    }

    /** All groups now. */
    public Grouping now() {
        synchronized (grouped) {
            long revision = store.latestRevision();
            if (revision != last.revision() || !last.readers().equals(vectors.readers())) {
                last = after(revision);
            }
            return last.grouping();
        }
    }

    /** The group of a task; empty when there is no such task. */
    public Optional<TaskGroup> groupOf(TaskId task) {
        return now().groupOf(task);
    }

    /** The tasks of a group, in the order in which they were defined; none when there is no such group. */
    public List<TaskId> tasksOf(String group) {
        return now().tasksOf(group);
    }

    /** What the tasks of a group share. */
    public List<GroupAdapter> adapters(String group) {
        return adapters.of(tasksOf(group));
    }

    private Last after(long revision) {
        List<Gathering.Asked> tasks = store.tasks().stream()
                .sorted(AS_DEFINED)
                .map(stored -> Gathering.Asked.of(stored.task()))
                .toList();
        Set<String> instructions = tasks.stream()
                .map(Gathering.Asked::instruction)
                .filter(instruction -> !instruction.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        InstructionVectors.Seen seen = vectors.read(instructions);
        Gathering gathering = goesOn(tasks, seen) ? last.gathering() : new Gathering();
        InstructionSimilarity meaning = new EmbeddingSimilarity(seen);
        int known = gathering.gathered().size();
        tasks.subList(known, tasks.size()).forEach(task -> gathering.add(task, meaning));
        return new Last(revision, seen.readers(), gathering, gathering.grouping());
    }

    /** Whether these are the tasks of last time, and perhaps more that came later. */
    private boolean goesOn(List<Gathering.Asked> tasks, InstructionVectors.Seen seen) {
        List<Gathering.Asked> before = last.gathering().gathered();
        return last.readers().equals(seen.readers())
                && before.size() <= tasks.size()
                && before.equals(tasks.subList(0, before.size()));
    }
}
