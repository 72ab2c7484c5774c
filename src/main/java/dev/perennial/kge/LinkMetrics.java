// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * How well vectors find what was held out, as means over both directions of each triple.
 *
 * @param meanReciprocalRank 1 is best
 * @param hitsAt1 share of ranks up to 1
 * @param hitsAt3 share of ranks up to 3
 * @param hitsAt10 share of ranks up to 10
 * @param triples distinct ones that were held out
 */
public record LinkMetrics(double meanReciprocalRank, double hitsAt1, double hitsAt3, double hitsAt10, int triples) {
    static LinkMetrics of(double[] ranks) {
        double reciprocal = 0;
        int[] hits = new int[3];
        for (double rank : ranks) {
            reciprocal += 1 / rank;
            hits[0] += rank <= 1 ? 1 : 0;
            hits[1] += rank <= 3 ? 1 : 0;
            hits[2] += rank <= 10 ? 1 : 0;
        }
        double count = Math.max(1, ranks.length);
        return new LinkMetrics(reciprocal / count, hits[0] / count, hits[1] / count, hits[2] / count, ranks.length / 2);
    }
}
