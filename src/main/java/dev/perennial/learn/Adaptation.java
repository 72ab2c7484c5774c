// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.task.TaskId;
import java.util.Set;

/**
 * An encoder that was adapted to some tasks, and answers them in the place of the one that it was made of.
 *
 * @param id of the adaptation
 * @param base digest of the encoder that it was made of
 * @param encoder has that one's id, and a digest of its own
 * @param tasks that it answers
 * @param learntFrom keys, in hex, of the inputs that it was adapted to
 */
public record Adaptation(String id, String base, Encoder encoder, Set<TaskId> tasks, Set<String> learntFrom) {
    public Adaptation {
        tasks = Set.copyOf(tasks);
        learntFrom = Set.copyOf(learntFrom);
    }

    /** Whether it takes an encoder's place. */
    boolean replaces(Encoder member) {
        return member.info().digest().equals(base);
    }
}
