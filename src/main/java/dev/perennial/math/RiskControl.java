// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import java.util.function.IntUnaryOperator;

/**
 * How far one may go without a risk exceeding what was agreed: Learn-then-Test with a fixed sequence of tests
 * (Angelopoulos, Bates, Candes, Jordan and Lei 2021, section 3.2).
 */
public final class RiskControl {
    private RiskControl() {}

    /**
     * The laxest of some levels at which the risk is at most {@code risk}, with probability {@code 1 - doubt}: levels
     * are tested from strict to lax, each by the probability of so few losses if its risk were {@code risk}, until one
     * fails.
     *
     * @param levels number of levels
     * @param losses number of samples that a level loses, by its number; 0 is the strictest
     * @param samples number of independent samples
     * @param terms what was agreed
     * @return number of the level, -1 when not even the strictest is safe
     */
    public static int laxestSafe(int levels, IntUnaryOperator losses, int samples, Terms terms) {
        int safe = -1;
        while (safe + 1 < levels && binomialTail(losses.applyAsInt(safe + 1), samples, terms.risk()) <= terms.doubt()) {
            safe++;
        }
        return safe;
    }

    /**
     * What is promised.
     *
     * @param risk the largest expected share of losses
     * @param doubt the probability with which it may be exceeded all the same
     */
    public record Terms(double risk, double doubt) {}

    /** The probability of at most so many successes in so many trials. */
    public static double binomialTail(int successes, int trials, double probability) {
        if (successes >= trials) {
            return 1;
        }
        if (probability <= 0 || probability >= 1) {
            return probability <= 0 ? 1 : 0;
        }
        double logOdds = Math.log(probability) - Math.log1p(-probability);
        double logTerm = trials * Math.log1p(-probability);
        double sum = 0;
        for (int k = 0; k <= successes; k++) {
            sum += Math.exp(logTerm);
            logTerm += Math.log((double) (trials - k) / (k + 1)) + logOdds;
        }
        return Math.min(1, sum);
    }
}
