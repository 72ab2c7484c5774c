// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

/** Whether two ways to answer the same questions differ by more than chance makes likely. */
public final class Significance {
    /** What differs by less differs by rounding. */
    private static final double EQUAL = 1e-9;

    private Significance() {}

    /**
     * The exact test of McNemar (1947): how likely so uneven a split of the questions that only one of two answers
     * right is, if both were equally good.
     *
     * @param onlyFirst questions that only the first answers right
     * @param onlySecond questions that only the second answers right
     * @return two-sided p-value, in (0, 1]
     */
    public static double mcNemar(long onlyFirst, long onlySecond) {
        long all = onlyFirst + onlySecond;
        long fewer = Math.min(onlyFirst, onlySecond);
        double logTerm = -all * Math.log(2);
        double tail = 0;
        for (long k = 0; k <= fewer; k++) {
            tail += Math.exp(logTerm);
            logTerm += Math.log((double) (all - k) / (k + 1));
        }
        return Math.min(1, 2 * tail);
    }

    /**
     * The exact sign test, of which McNemar's is the case of answers that are right or wrong: how likely so uneven a
     * split of the questions that one of two answers better is, if both were equally good. Of several labels, a
     * question is answered better where more labels are right; of a score, where it is closer.
     *
     * @param first how right each answer is
     * @param second likewise, of the same questions
     * @return two-sided p-value, in (0, 1]
     */
    public static double sign(double[] first, double[] second) {
        long onlyFirst = 0;
        long onlySecond = 0;
        for (int i = 0; i < first.length; i++) {
            onlyFirst += first[i] - second[i] > EQUAL ? 1 : 0;
            onlySecond += second[i] - first[i] > EQUAL ? 1 : 0;
        }
        return mcNemar(onlyFirst, onlySecond);
    }
}
