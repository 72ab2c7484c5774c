// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Optional;

/**
 * A named question about text.
 *
 * @param id its name
 * @param kind what an answer is
 * @param input what it is asked about
 * @param instruction the question in words; {@code ""} when not given
 * @param labels the labels named by the definition; teaching may add others
 * @param scoreRange where scores lie; present exactly for {@link Kind#REGRESSION}
 * @param policy when to answer
 */
public record Task(
        TaskId id,
        Kind kind,
        InputKind input,
        String instruction,
        List<Label> labels,
        Optional<ScoreRange> scoreRange,
        Policy policy) {
    public Task {
        labels = List.copyOf(labels);
        if ((kind == Kind.REGRESSION) != scoreRange.isPresent()) {
            throw new IllegalArgumentException("a score range belongs to regression tasks, and only to them");
        }
    }

    /** The same task with another policy. */
    public Task withPolicy(Policy other) {
        return new Task(id, kind, input, instruction, labels, scoreRange, other);
    }
}
