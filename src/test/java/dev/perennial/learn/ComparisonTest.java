// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ComparisonTest {

    /** So many answers that become wrong and so many that become right, among 200. */
    private static Comparison comparison(int worse, int better) {
        double[] before = new double[200];
        double[] after = new double[200];
        Arrays.fill(before, 0, 100, 1);
        Arrays.fill(after, worse, 100 + better, 1);
        return new Comparison(School.TASK, new Examination(before, Map.of()), new Examination(after, Map.of()));
    }

    @Test
    void fall_isSignificantWhereMcNemarsTestSaysSo() {
        // (b - c) / sqrt(b + c): 4 / sqrt(6) = 1.633, 5 / sqrt(9) = 1.667.
        assertThat(comparison(5, 1).fallsSignificantly()).isFalse();
        assertThat(comparison(7, 2).fallsSignificantly()).isTrue();
        assertThat(comparison(2, 7).fallsSignificantly()).isFalse();
        assertThat(comparison(0, 0).fallsSignificantly()).isFalse();
    }

    @Test
    void comparison_countsWhatChanged() {
        Comparison comparison = comparison(7, 2);
        assertThat(comparison.examples()).isEqualTo(200);
        assertThat(comparison.worse()).isEqualTo(7);
        assertThat(comparison.better()).isEqualTo(2);
        assertThat(comparison.rise()).isCloseTo(-5 / 200.0, within(1e-12));
    }
}
