// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
     * @param idempotency under what the reply is kept, in the transaction of the change
     * @param reply makes of what was done what the request is answered; the change is undone where it cannot
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Moved quarantine(
            TaskId id,
            Map<String, QuarantineReason> reasonByExample,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply);

    /** The same for a request that cannot be repeated. */
    default Moved quarantine(TaskId id, Map<String, QuarantineReason> reasonByExample) {
        return quarantine(id, reasonByExample, Optional.empty(), QuarantineStore::unasked);
    }

    /**
     * Has examples that are set apart be learnt from again, in one revision. Other ids are ignored.
     *
     * @param idempotency under what the reply is kept, in the transaction of the change
     * @param reply makes of what was done what the request is answered; the change is undone where it cannot
     * @throws dev.perennial.refusal.Refusal.NotFound when there is no such task
     */
    Moved release(
            TaskId id,
            Set<String> exampleIds,
            Optional<Idempotency> idempotency,
            Function<Moved, Idempotency.Reply> reply);

    /** The same for a request that cannot be repeated. */
    default Moved release(TaskId id, Set<String> exampleIds) {
        return release(id, exampleIds, Optional.empty(), QuarantineStore::unasked);
    }

    private static Idempotency.Reply unasked(Moved moved) {
        throw new IllegalStateException("nobody asked for a reply");
    }

    /** A member's vectors of the examples that are set apart, by example id. */
    Map<String, float[]> vectorsApart(TaskId id, String memberDigest);

    /**
     * At most {@code limit} of those set apart, taught after the example {@code after} ({@code ""}: the first page).
     */
    List<Quarantined> quarantined(TaskId id, String after, int limit);
}
