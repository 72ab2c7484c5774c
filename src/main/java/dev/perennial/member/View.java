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

    /** Squared distance between two inputs as seen here; 1 on average between unrelated ones. */
    public double squaredDistance(Features a, Features b) {
        return member < 0 ? a.squaredDistance(b) : a.squaredDistance(b, member);
    }
}
