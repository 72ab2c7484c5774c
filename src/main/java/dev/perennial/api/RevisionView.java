// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.revision.Revision;
import dev.perennial.revision.Served;
import dev.perennial.task.RevisionId;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A revision of a task in a reply.
 *
 * @param id {@code rev_...}
 * @param cause what made it: define (also of a policy), teach, forget, renew or restore
 * @param createdAt when
 * @param parent the revision that the task had before
 * @param restored the earlier revision whose state it brought back
 * @param serving whether answers are given by it now
 * @param aliases what it is called
 * @param digest SHA-256 of everything that decided its answers; null when nothing answered by it
 * @param members what answered by it, cheapest first
 * @param examples how many different examples it was learnt from
 * @param lost whether what it was made of is not kept any more, so that nobody can go back to it
 * @param missing ids of the members that answered by it and are gone, or not as they were, so that going back to it is
 *     refused unless answers may be others
 */
@Schema(name = "Revision")
public record RevisionView(
        String id,
        String cause,
        Instant createdAt,
        @Nullable String parent,
        @Nullable String restored,
        boolean serving,
        List<String> aliases,
        @Nullable String digest,
        List<MemberPinView> members,
        @Nullable Long examples,
        boolean lost,
        List<String> missing) {

    /** A member as it was. */
    @Schema(name = "MemberPin")
    public record MemberPinView(String id, String digest) {

        static List<MemberPinView> of(Served served) {
            return served.members().stream()
                    .map(member -> new MemberPinView(member.id(), member.digest()))
                    .toList();
        }
    }

    /**
     * @param serving whether answers are given by it now
     * @param aliases what it is called
     */
    static RevisionView of(Revision revision, boolean serving, List<String> aliases, List<String> missing) {
        return new RevisionView(
                revision.id().toString(),
                revision.cause(),
                revision.createdAt(),
                revision.parent().map(RevisionId::toString).orElse(null),
                revision.restored().map(RevisionId::toString).orElse(null),
                serving,
                aliases,
                revision.served().map(Served::digest).orElse(null),
                revision.served().map(MemberPinView::of).orElse(List.of()),
                revision.served().map(Served::examples).orElse(null),
                revision.lost(),
                missing);
    }
}
