// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

/** Where a share lies, told by how many of some were so (Wilson 1927). */
final class ScoreInterval {
    /** 95 % of a normal distribution lie above its negative. */
    private static final double Z = 1.6448536269514722;

    private ScoreInterval() {}

    /** What the share is at least, with 95 % confidence; 0 of none. */
    static double low(double so, long all) {
        if (all == 0) {
            return 0;
        }
        double share = so / (double) all;
        double z2 = Z * Z;
        double centre = share + z2 / (2.0 * all);
        double spread = Z * Math.sqrt(share * (1 - share) / all + z2 / (4.0 * all * all));
        return Math.max(0, (centre - spread) / (1 + z2 / all));
    }
}
