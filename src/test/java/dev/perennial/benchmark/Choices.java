// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

/**
 * Labels to choose among, by number.
 *
 * @param from the first
 * @param to after the last
 */
record Choices(int from, int to) {
    /** The one with the highest score; of equal ones the first. */
    int best(float[] scores) {
        int best = from;
        for (int c = from + 1; c < to; c++) {
            if (scores[c] > scores[best]) {
                best = c;
            }
        }
        return best;
    }
}
