// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.util.List;

/**
 * A text of a source. It never changes: another text under the same external id is another document.
 *
 * @param id {@code doc_...}; text order is the order of adding
 * @param source where it comes from; licence and trust are the source's
 * @param draft what it says
 * @param addedBy the revision that added it
 * @param addedAt when
 * @param leaks the evaluation sets of which it holds a text, in the order of their ids; one that has any is not
 *     searched
 */
public record Document(
        String id, SourceId source, Draft draft, RevisionId addedBy, Instant addedAt, List<EvaluationSetId> leaks) {
    public Document {
        leaks = List.copyOf(leaks);
    }
}
