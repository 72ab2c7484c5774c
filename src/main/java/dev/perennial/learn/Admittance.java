// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Decides whether an encoder may come to serve; until then nothing answers by it. Is told that learning goes on. */
@FunctionalInterface
public interface Admittance {
    /** Has everything serve. */
    Admittance ALWAYS = (tasks, rehearsals) -> true;

    /**
     * Whether it may.
     *
     * @param tasks whose answers it would change
     * @param rehearsals learns one of them with it, aside; empty where that task has gone
     */
    boolean admits(Set<TaskId> tasks, Function<TaskId, Optional<Rehearsal>> rehearsals);

    /**
     * Told whenever some examples have been read with it, and before each task is learnt with it. What this throws ends
     * the learning there; it can be begun again.
     */
    default void goesOn() {}
}
