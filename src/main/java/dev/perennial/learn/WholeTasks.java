// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.WholeTask;
import java.util.List;
import java.util.function.Function;

/** Puts whole tasks in the place of others, or of none. Safe for concurrent use. */
public final class WholeTasks {
    private final TaskStore store;
    private final TaskMembers members;
    private final ExampleVectors exampleVectors;
    private final Learning by;

    WholeTasks(TaskStore store, TaskMembers members, ExampleVectors exampleVectors, Learning by) {
        this.store = store;
        this.members = members;
        this.exampleVectors = exampleVectors;
        this.by = by;
    }

    /** How tasks are checked, changed and learnt. */
    record Learning(TaskRules rules, TaskChanges changes, TaskLearning learning) {}

    /**
     * Checks that a task can be one with these teachings alone, as {@link #replace} does.
     *
     * @throws Refusal.TooLarge when the task is beyond its bounds
     */
    public void requireWhole(Task task, List<Teaching> teachings) {
        TaskRules.requireFitting(task, teachings);
        by.rules().requireRoom(task, new Classroom(), teachings);
    }

    /** What members say of teachings of a task that need not be there yet. */
    public List<EncodedTeaching> read(Task task, List<Teaching> teachings) {
        return exampleVectors.encode(teachings, members.choice(task).readers());
    }

    /**
     * Puts a whole task in the place of the one of its name, or of none. It is learnt once before anything is changed:
     * what cannot be learnt replaces nothing.
     *
     * @param idempotency stored with the reply, in the transaction that replaces
     * @param reply what to answer, given the task as it is stored then
     * @throws Refusal.TooLarge when the task is beyond its bounds
     */
    public StoredTask replace(WholeTask whole, Idempotency idempotency, Function<StoredTask, Idempotency.Reply> reply) {
        TaskId id = whole.task().id();
        TaskLearning learning = by.learning();
        requireWhole(whole.task(), whole.teachings());
        Learner.Learnt unused = learning.aside(whole);
        return by.changes()
                .ending(
                        id,
                        ended -> by.changes().replacing(id, classroom -> {
                            // Before the task, so that nothing of the former one is left whatever fails.
                            learning.recent().remove(id);
                            ended.addAll(members.unlearn(id));
                            StoredTask stored = store.replace(whole, idempotency, reply);
                            learning.replaced(stored, classroom);
                            return stored;
                        }));
    }
}
