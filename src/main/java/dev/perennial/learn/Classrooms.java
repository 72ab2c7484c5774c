// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The classroom of each task, which is also the lock that changes of the task follow one another by. The one of a name
 * that turns out to be no task's goes with its last user. Thread-safe.
 */
final class Classrooms {
    private final Predicate<TaskId> isTask;
    private final Map<TaskId, Room> byTask = new ConcurrentHashMap<>();

    /**
     * A classroom and how many threads use it or wait for it; the number is changed by the map's computations alone.
     */
    private static final class Room {
        private final Classroom classroom = new Classroom();
        private int users;
    }

    /** @param isTask whether there is a task of this name */
    Classrooms(Predicate<TaskId> isTask) {
        this.isTask = isTask;
    }

    /** Does something with a task's classroom while nobody else uses it. One thread may do so within itself. */
    <T> T alone(TaskId id, Function<Classroom, T> work) {
        Classroom classroom = byTask.compute(id, (any, there) -> entered(there)).classroom;
        try {
            synchronized (classroom) {
                return work.apply(classroom);
            }
        } finally {
            byTask.computeIfPresent(id, this::left);
        }
    }

    private static Room entered(@Nullable Room there) {
        Room room = there == null ? new Room() : there;
        room.users++;
        return room;
    }

    private @Nullable Room left(TaskId id, Room room) {
        room.users--;
        return room.users > 0 || isTask.test(id) ? room : null;
    }

    /** How many there are. */
    int size() {
        return byTask.size();
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
                .mapToLong(room -> room.classroom.ledgerBytes())
                .sum();
    }
}
