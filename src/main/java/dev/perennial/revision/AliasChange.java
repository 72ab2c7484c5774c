// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.util.Optional;

/**
 * One entry in the history of a name.
 *
 * @param number its place in the sequence of all such entries
 * @param alias the name
 * @param revision what it names from now on; empty when it names nothing any more
 * @param changedAt since when
 */
public record AliasChange(long number, String alias, Optional<RevisionId> revision, Instant changedAt) {}
