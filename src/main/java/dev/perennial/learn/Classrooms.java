// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The classroom of each task, which is also the lock that changes of the task follow one another by. Thread-safe. */
final class Classrooms {
    private final Map<TaskId, Classroom> byTask = new ConcurrentHashMap<>();

    /** Does something with a task's classroom while nobody else uses it. One thread may do so within itself. */
    <T> T alone(TaskId id, Function<Classroom, T> work) {
        Classroom classroom = byTask.computeIfAbsent(id, any -> new Classroom());
        synchronized (classroom) {
            return work.apply(classroom);
        }
    }

    /** The same for work that has no result. */
    void enter(TaskId id, Consumer<Classroom> work) {
        Classroom unused = alone(id, classroom -> {
            work.accept(classroom);
            return classroom;
        });
    }

    /** Memory that sufficient statistics take, of all tasks. */
    long ledgerBytes() {
        return byTask.values().stream()
                .mapToLong(classroom -> classroom.ledgers().bytes())
                .sum();
    }
}
