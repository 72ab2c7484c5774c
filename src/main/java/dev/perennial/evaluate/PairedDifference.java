// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.evaluate.Significance.Interval;
import java.util.List;

/**
 * How two ways to answer the same rows differ.
 *
 * @param difference mean of how right the second is, less that of the first
 * @param interval where it lies with 95 % confidence, by the paired bootstrap
 * @param onlyFirst rows that the first answers better
 * @param onlySecond rows that the second answers better
 * @param p two-sided p-value of the exact sign test over these rows: McNemar's where an answer is right or wrong
 */
public record PairedDifference(double difference, Interval interval, long onlyFirst, long onlySecond, double p) {
    private static final double EQUAL = 1e-9;

    /** @param seed of the bootstrap's draws */
    public static PairedDifference of(List<RowOutcome> first, List<RowOutcome> second, long seed) {
        double[] before = rights(first);
        double[] after = rights(second);
        Metrics.requireEqualLength(before.length, after.length);
        long onlyFirst = 0;
        long onlySecond = 0;
        double sum = 0;
        for (int i = 0; i < before.length; i++) {
            onlyFirst += before[i] - after[i] > EQUAL ? 1 : 0;
            onlySecond += after[i] - before[i] > EQUAL ? 1 : 0;
            sum += after[i] - before[i];
        }
        return new PairedDifference(
                sum / before.length,
                Significance.bootstrap(before, after, seed),
                onlyFirst,
                onlySecond,
                Significance.mcNemar(onlyFirst, onlySecond));
    }

    private static double[] rights(List<RowOutcome> outcomes) {
        return outcomes.stream().mapToDouble(RowOutcome::right).toArray();
    }
}
