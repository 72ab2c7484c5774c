// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.ContentKey;
import dev.perennial.task.SourceName;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.Set;
import java.util.stream.Collectors;

/** Erases what a task was taught, and everything learnt from it. Safe for concurrent use. */
final class Unlearning {
    private final TaskStore store;
    private final TaskMembers members;
    private final ActiveEnsembles active;
    private final TaskLearning learning;
    private final TaskChanges changes;

    Unlearning(
            TaskStore store, TaskMembers members, ActiveEnsembles active, TaskLearning learning, TaskChanges changes) {
        this.store = store;
        this.members = members;
        this.active = active;
        this.learning = learning;
        this.changes = changes;
    }

    /** Erases an example and everything learnt from it, in other tasks too. */
    Unlearned forget(TaskId id, String exampleId) {
        return changes.ending(
                id,
                ended -> changes.taking(id, classroom -> {
                    String before = active.find(id).map(Ensemble::headDigest).orElse("");
                    // Before the example, so that nothing of it is left whatever fails.
                    learning.recent().remove(id);
                    store.kept(id, exampleId)
                            .ifPresent(example -> ended.addAll(members.unlearn(
                                    id, Set.of(ContentKey.of(example.teaching().input())))));
                    TaskStore.Forgotten forgotten = store.forget(id, exampleId);
                    classroom.remove(exampleId);
                    store.task(id).ifPresent(stored -> learning.activate(stored, classroom));
                    return new Unlearned(
                            forgotten.revision(),
                            exampleId,
                            before,
                            active.of(id).headDigest());
                }));
    }

    /** Erases all that a source ever taught a task, and everything learnt from it, in other tasks too. */
    Undone undo(TaskId id, SourceName source) {
        return changes.ending(
                id,
                ended -> changes.taking(id, classroom -> {
                    String before = active.find(id).map(Ensemble::headDigest).orElse("");
                    Set<ContentKey> inputs = store.kept(id, source).stream()
                            .map(example -> ContentKey.of(example.teaching().input()))
                            .collect(Collectors.toSet());
                    if (!inputs.isEmpty()) {
                        // Before the examples, so that nothing of them is left whatever fails.
                        learning.recent().remove(id);
                        ended.addAll(members.unlearn(id, inputs));
                    }
                    TaskStore.Undone undone = store.undo(id, source);
                    if (!inputs.isEmpty()) {
                        undone.removed().forEach(example -> classroom.remove(example.id()));
                        store.task(id).ifPresent(stored -> learning.activate(stored, classroom));
                    }
                    return new Undone(
                            undone.revision(),
                            undone.removed().size(),
                            before,
                            active.of(id).headDigest());
                }));
    }
}
