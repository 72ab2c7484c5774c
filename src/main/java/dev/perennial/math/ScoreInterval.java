// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

/**
 * Where a share lies, told by how many of some were so (Wilson 1927).
 *
 * @param low what it is at least
 * @param high what it is at most
 */
public record ScoreInterval(double low, double high) {
    /** Of none. */
    private static final ScoreInterval ANYWHERE = new ScoreInterval(0, 1);

    /**
     * The interval of a share of so many.
     *
     * @param z how many standard deviations of a normal distribution it leaves on either side
     */
    public static ScoreInterval of(double share, double count, double z) {
        if (count == 0) {
            return ANYWHERE;
        }
        double square = z * z / count;
        double middle = (share + square / 2) / (1 + square);
        double half = z / (1 + square) * Math.sqrt(share * (1 - share) / count + square / (4 * count));
        return new ScoreInterval(Math.max(0, middle - half), Math.min(1, middle + half));
    }
}
