// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

/**
 * Which members a head looks at: one of them, or all.
 *
 * @param member position of the member, -1 for all
 */
public record View(int member) {
    /** All members at once. */
    public static final View ALL = new View(-1);

    /** Whether this member is looked at. */
    public boolean includes(int other) {
        return member < 0 || member == other;
    }

    /** Squared distance between two inputs as seen here; 1 on average between unrelated ones. */
    public double squaredDistance(Features a, Features b) {
        return member < 0 ? a.squaredDistance(b) : a.squaredDistance(b, member);
    }

    /**
     * The blocks that are looked at, one after the other and then zeros, scaled so that the squared distance of two
     * such vectors is {@link #squaredDistance}.
     */
    double[] concatenated(Features features, int length) {
        double[] all = new double[length];
        int members = member < 0 ? features.byMember().size() : 1;
        double scale = 1 / Math.sqrt(members);
        int at = 0;
        for (int m = 0; m < features.byMember().size(); m++) {
            if (includes(m)) {
                for (float component : features.byMember().get(m)) {
                    all[at++] = component * scale;
                }
            }
        }
        return all;
    }
}
