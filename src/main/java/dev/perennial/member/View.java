// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import java.util.List;

/**
 * Which members are looked at: those at neighbouring positions. None only where a service has no member yet.
 *
 * @param first position of the first
 * @param end position after the last
 */
public record View(int first, int end) {
    public View {
        if (first < 0 || end < first) {
            throw new IllegalArgumentException("a view ends where it begins, or later");
        }
    }

    /** One member. */
    public static View of(int member) {
        return new View(member, member + 1);
    }

    /** So many members, from the first on. */
    public static View firsts(int members) {
        return new View(0, members);
    }

    /**
     * All members that read words in context, and those after them, which read names; all members where none reads
     * words in context.
     */
    public static View contextual(List<? extends Encoder> members) {
        int first = 0;
        while (first < members.size() && members.get(first).info().reading() != EncoderInfo.Reading.CONTEXTUAL) {
            first++;
        }
        return first == members.size() ? firsts(members.size()) : new View(first, members.size());
    }

    /** Number of members. */
    public int size() {
        return end - first;
    }

    /** Whether this member is looked at. */
    public boolean includes(int member) {
        return first <= member && member < end;
    }

    /** Whether all members of another view are looked at. */
    public boolean includes(View other) {
        return first <= other.first && other.end <= end;
    }

    /** Squared distance between two inputs as seen here; 1 on average between unrelated ones. */
    public double squaredDistance(Features a, Features b) {
        double sum = 0;
        for (int m = first; m < end; m++) {
            sum += a.squaredDistance(b, m);
        }
        return sum / size();
    }

    /**
     * The blocks that are looked at, one after the other and then zeros, scaled so that the squared distance of two
     * such vectors is {@link #squaredDistance}.
     */
    float[] concatenated(Features features, int length) {
        float[] all = new float[length];
        float scale = (float) (1 / Math.sqrt(size()));
        int at = 0;
        for (float[] block : features.byMember().subList(first, end)) {
            for (float component : block) {
                all[at++] = component * scale;
            }
        }
        return all;
    }
}
