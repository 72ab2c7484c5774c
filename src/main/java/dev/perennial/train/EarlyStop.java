// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/** Notices that a loss falls no longer. Not thread-safe. */
final class EarlyStop {
    private static final double LEAST_GAIN = 1e-3;

    private final int patience;
    private double best = Double.POSITIVE_INFINITY;
    private int sinceBest;

    /** @param patience how many times in a row a loss may fail to be the best */
    EarlyStop(int patience) {
        this.patience = patience;
    }

    /** Takes notice of a loss; whether it is the best so far, by a thousandth of it. */
    boolean isBest(double loss) {
        if (loss < best * (1 - LEAST_GAIN)) {
            best = loss;
            sinceBest = 0;
            return true;
        }
        sinceBest++;
        return false;
    }

    /** The best loss so far; infinite before the first one. */
    double best() {
        return best;
    }

    /** How many losses in a row have failed to be the best. */
    int sinceBest() {
        return sinceBest;
    }

    /** Goes on from what another one had noticed. */
    void goOnFrom(double bestSoFar, int failed) {
        best = bestSoFar;
        sinceBest = failed;
    }

    boolean isOver() {
        return sinceBest >= patience;
    }
}
