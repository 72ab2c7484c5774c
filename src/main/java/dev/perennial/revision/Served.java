// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import java.util.List;

/**
 * What answers by a revision.
 *
 * @param digest SHA-256 in hex over everything that decides an answer; what is rebuilt must come to the same
 * @param members digests of the members, cheapest first
 * @param examples how many examples it was learnt from; records of equal content count once
 */
public record Served(String digest, List<MemberPin> members, long examples) {

    /** A member as it was: its id and its digest. */
    public record MemberPin(String id, String digest) {}

    public Served {
        members = List.copyOf(members);
    }
}
