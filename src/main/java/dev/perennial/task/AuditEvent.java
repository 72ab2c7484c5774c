// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.time.Instant;
import java.util.Optional;

/**
 * What was changed, when and by whom. Written in the transaction of the change itself and never changed; holds ids and
 * counts, no client text.
 *
 * @param id sortable in the order of the changes, {@code ev_...}
 * @param at when
 * @param origin by whom
 * @param action what was done, e.g. {@code examples.teach}
 * @param subject to what
 * @param revision the one that the change produced, if it produced one
 * @param counts how much of it
 */
public record AuditEvent(
        String id,
        Instant at,
        Origin origin,
        String action,
        Subject subject,
        Optional<RevisionId> revision,
        Counts counts) {

    /**
     * What was changed.
     *
     * @param kind {@code task}, {@code graph}, {@code sources}, {@code evaluation-texts}, {@code member}, {@code job}
     * @param id its name
     */
    public record Subject(String kind, String id) {
        private static final String TASK = "task";

        public static Subject task(TaskId id) {
            return new Subject(TASK, id.value());
        }
    }

    /**
     * How much was changed.
     *
     * @param taught examples, rows of a suite or documents that came
     * @param removed those that went
     */
    public record Counts(long taught, long removed) {
        public static final Counts NONE = new Counts(0, 0);
    }
}
