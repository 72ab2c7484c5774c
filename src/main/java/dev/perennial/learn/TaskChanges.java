// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.StoredTask;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * How a task is changed: alone, after what earlier changes left undone, and with the readers waiting who must not see
 * it half done. Safe for concurrent use.
 */
final class TaskChanges {
    private final TaskStore store;
    private final ActiveEnsembles active;
    private final Classrooms classrooms;
    private final TaskLearning learning;
    private final LiveVectors vectors;

    TaskChanges(
            TaskStore store,
            ActiveEnsembles active,
            Classrooms classrooms,
            TaskLearning learning,
            LiveVectors vectors) {
        this.store = store;
        this.active = active;
        this.classrooms = classrooms;
        this.learning = learning;
        this.vectors = vectors;
    }

    /**
     * Makes a change of a task by which adaptations may end. Whatever comes of it, nothing is left with their tasks.
     *
     * @param change takes what it is to add the tasks to that have lost one
     */
    <T> T ending(TaskId id, Function<Set<TaskId>, T> change) {
        Set<TaskId> ended = new HashSet<>();
        T result;
        try {
            result = change.apply(ended);
        } catch (RuntimeException | Error failure) {
            try {
                leave(id, ended);
            } catch (RuntimeException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        leave(id, ended);
        return result;
    }

    /** Has tasks leave an ended adaptation; the one that was changed has learnt without it already. */
    private void leave(TaskId changed, Set<TaskId> ended) {
        boolean isLeft = ended.remove(changed);
        try {
            learnAnew(ended, () -> {});
        } finally {
            if (isLeft) {
                classrooms.enter(changed, classroom -> vectors.retain(changed, classroom));
            }
        }
    }

    /** Of a task that is stored, served or not. */
    Task definition(TaskId id) {
        return active.find(id)
                .map(Ensemble::task)
                .or(() -> store.task(id).map(StoredTask::task))
                .orElseThrow(() -> new Refusal.NotFound("task", id.value()));
    }

    /** Makes one change of a task, after all earlier ones. */
    <T> T changing(TaskId id, Function<Classroom, T> change) {
        return classrooms.alone(id, classroom -> {
            learning.catchUp(id, classroom);
            return change(id, classroom, change);
        });
    }

    /** The same for a change that takes something away, which may be the very thing that cannot be learnt. */
    <T> T taking(TaskId id, Function<Classroom, T> change) {
        return classrooms.alone(id, classroom -> {
            learning.triesToCatchUp(id, classroom);
            if (store.task(id).isEmpty()) {
                throw new Refusal.NotFound("task", id.value());
            }
            return change(id, classroom, change);
        });
    }

    /** The same for a change by which another task comes in the place of this one, or of none. */
    <T> T replacing(TaskId id, Function<Classroom, T> change) {
        return classrooms.alone(id, classroom -> {
            learning.triesToCatchUp(id, classroom);
            return change(id, classroom, change);
        });
    }

    private <T> T change(TaskId id, Classroom classroom, Function<Classroom, T> change) {
        active.beginChange(id);
        try {
            T result = change.apply(classroom);
            active.endChange(id);
            return result;
        } catch (RuntimeException | Error failure) {
            try {
                learning.catchUp(id, classroom);
            } catch (RuntimeException | Error again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** Learns tasks anew whose members are other ones now; one that fails keeps no other from it, unlike the sign. */
    void learnAnew(Set<TaskId> tasks, Runnable goesOn) {
        List<RuntimeException> failures = new ArrayList<>();
        for (TaskId id : tasks) {
            goesOn.run();
            try {
                classrooms.enter(id, classroom -> {
                    try {
                        vectors.retain(id, classroom);
                    } finally {
                        learning.learnAnew(id, classroom);
                    }
                });
            } catch (RuntimeException failure) {
                failures.add(failure);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
