// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.task.RevisionId;
import java.time.Instant;

/**
 * An evaluation set as it is stored: of its texts, only numbers.
 *
 * @param id its name
 * @param texts how many texts it was registered with
 * @param windows how many different windows of words they have
 * @param revision that registered it
 * @param createdAt when it was registered first
 * @param leaked how many documents hold one of its texts
 */
public record EvaluationSet(
        EvaluationSetId id, long texts, long windows, RevisionId revision, Instant createdAt, long leaked) {}
