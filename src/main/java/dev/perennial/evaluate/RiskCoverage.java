// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * What is gained by answering only what one is sure of: the share of wrong answers among the surest ones (El-Yaniv and
 * Wiener 2010). Answers of equal probability share their errors evenly, so that their order does not matter.
 */
public final class RiskCoverage {
    private RiskCoverage() {}

    /**
     * A place on the curve.
     *
     * @param coverage share of the questions that is answered, in (0, 1]
     * @param risk share of wrong answers among these
     */
    public record Point(double coverage, double risk) {}

    /**
     * The curve, from the surest answer to all of them; a point for every number of answers.
     *
     * @param confidence how sure each answer is
     * @param right whether it was the true one
     */
    public static List<Point> curve(double[] confidence, boolean[] right) {
        Metrics.requireEqualLength(confidence.length, right.length);
        int[] order = Metrics.ascending(confidence);
        int n = order.length;
        List<Point> curve = new ArrayList<>(n);
        double wrongBefore = 0;
        for (int from = 0; from < n; ) {
            int to = from;
            double wrong = 0;
            while (to < n && confidence[order[n - 1 - to]] == confidence[order[n - 1 - from]]) {
                wrong += right[order[n - 1 - to]] ? 0 : 1;
                to++;
            }
            for (int answered = from + 1; answered <= to; answered++) {
                double expected = wrongBefore + wrong * (answered - from) / (to - from);
                curve.add(new Point((double) answered / n, expected / answered));
            }
            wrongBefore += wrong;
            from = to;
        }
        return curve;
    }

    /** Area under the curve: the mean of its risks; NaN when empty. */
    public static double area(List<Point> curve) {
        return curve.stream().mapToDouble(Point::risk).average().orElse(Double.NaN);
    }

    /** At most {@code count} points of a curve, evenly spread, the last one among them. */
    public static List<Point> thinned(List<Point> curve, int count) {
        List<Point> thin = new ArrayList<>();
        int left = Math.min(count, curve.size());
        for (int i = 1; i <= left; i++) {
            thin.add(curve.get((int) ((long) curve.size() * i / left) - 1));
        }
        return thin;
    }
}
