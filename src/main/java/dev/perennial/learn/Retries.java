// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tasks that could not be learnt, and when each is to be tried again: at first soon, then ever more rarely.
 * Thread-safe.
 */
final class Retries {
    static final Duration FIRST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private record Wait(Duration length, Instant end) {

        /** A clock that was put back is before the wait, and would have it last as much longer. */
        boolean isOver(Instant now) {
            return !now.isBefore(end) || now.isBefore(end.minus(length));
        }
    }

    private final InstantSource clock;
    private final Map<TaskId, Wait> waitByTask = new ConcurrentHashMap<>();

    Retries(InstantSource clock) {
        this.clock = clock;
    }

    /** Notes that a task could not be learnt. Attempts before the time, as requests make them, do not put it off. */
    void failed(TaskId id) {
        Instant now = clock.instant();
        waitByTask.compute(id, (any, wait) -> {
            if (wait != null && !wait.isOver(now)) {
                return wait;
            }
            Duration length = wait == null ? FIRST : shorter(wait.length().multipliedBy(2), LONGEST);
            return new Wait(length, now.plus(length));
        });
    }

    /** Notes that a task is learnt, or gone; whether it could not be learnt before. */
    boolean settled(TaskId id) {
        return waitByTask.remove(id) != null;
    }

    /** Those whose time has come. */
    List<TaskId> due() {
        Instant now = clock.instant();
        return waitByTask.entrySet().stream()
                .filter(entry -> entry.getValue().isOver(now))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
