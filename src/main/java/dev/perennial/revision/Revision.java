// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * One entry in the history of a task.
 *
 * @param task of which task
 * @param id its place in the sequence of all changes
 * @param cause what made it, in one word, such as {@code teach}
 * @param createdAt when
 * @param parent the revision that it was made from; empty for the first one
 * @param restored the revision whose state it brought back
 * @param served what answered by it; empty when nothing did yet
 * @param lost whether what it was made of is not kept any more
 */
public record Revision(
        TaskId task,
        RevisionId id,
        String cause,
        Instant createdAt,
        Optional<RevisionId> parent,
        Optional<RevisionId> restored,
        Optional<Served> served,
        boolean lost) {}
