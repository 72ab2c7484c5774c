// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Examples that are set apart: a task keeps them, but does not learn from them. Their identities stay taken (see
 * {@link TeachingIdentity}): what repeats one is a duplicate, so that nobody teaches it again past the quarantine, and
 * what replaces one takes its place and is learnt from. Earlier revisions have what was learnt from then.
 */
public interface QuarantineStore {

    /**
     * What setting apart, or bringing back, did.
     *
     * @param revision that it made; the task's present one when nothing changed
     * @param examples that it concerned, in the order of teaching
     * @param examplesTotal number of the task's examples that are learnt from afterwards
     */
    record Moved(RevisionId revision, List<Example> examples, long examplesTotal) {}

    /**
     * Sets examples apart, in one revision. Ids of others than examples that are learnt from are ignored.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Moved quarantine(TaskId id, Map<String, QuarantineReason> reasonByExample);

    /**
     * Has examples that are set apart be learnt from again, in one revision. Other ids are ignored.
     *
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Moved release(TaskId id, Set<String> exampleIds);

    /**
     * At most {@code limit} of those set apart, taught after the example {@code after} ({@code ""}: the first page).
     */
    List<Quarantined> quarantined(TaskId id, String after, int limit);
}
