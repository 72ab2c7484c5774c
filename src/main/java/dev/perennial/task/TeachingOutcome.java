// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Optional;

/**
 * What a stored teaching did.
 *
 * @param revision the revision that it produced; the task's present one when nothing changed
 * @param rows one per teaching, in order
 * @param examplesTotal number of the task's examples afterwards
 */
public record TeachingOutcome(RevisionId revision, List<Row> rows, long examplesTotal) {

    /**
     * @param exampleId the example that now holds what was taught
     * @param duplicate nothing was stored, because the task held exactly this already
     * @param replaced id of the example with the same external id that this one replaced
     */
    public record Row(String exampleId, boolean duplicate, Optional<String> replaced) {}

    public TeachingOutcome {
        rows = List.copyOf(rows);
    }

    /** Number of examples that were stored. */
    public int taught() {
        return (int) rows.stream().filter(row -> !row.duplicate()).count();
    }

    public int duplicates() {
        return rows.size() - taught();
    }
}
