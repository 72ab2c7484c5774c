// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.task.RevisionId;
import java.time.Instant;

/**
 * A source as it is stored.
 *
 * @param source its definition
 * @param revision the last change of its definition or its documents
 * @param createdAt when it was defined first
 * @param documents how many there are of it
 */
public record StoredSource(DocumentSource source, RevisionId revision, Instant createdAt, long documents) {}
