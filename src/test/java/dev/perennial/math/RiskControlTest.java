// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RiskControlTest {
    private static final RiskControl.Terms TERMS = new RiskControl.Terms(0.01, 0.05);

    @Test
    void binomialTail_isTheSumOfItsTerms() {
        // 0.75^4 + 4 * 0.25 * 0.75^3
        assertThat(RiskControl.binomialTail(1, 4, 0.25)).isCloseTo(0.73828125, within(1e-12));
        assertThat(RiskControl.binomialTail(0, 299, 0.01)).isCloseTo(Math.pow(0.99, 299), within(1e-12));
        assertThat(RiskControl.binomialTail(4, 4, 0.25)).isEqualTo(1);
        assertThat(RiskControl.binomialTail(3, 10, 0)).isEqualTo(1);
        assertThat(RiskControl.binomialTail(3, 10, 1)).isZero();
    }

    @Test
    void withoutALoss_298SamplesProveNothing_and299Do() {
        assertThat(RiskControl.laxestSafe(10, level -> 0, 298, TERMS)).isEqualTo(-1);
        assertThat(RiskControl.laxestSafe(10, level -> 0, 299, TERMS)).isEqualTo(9);
    }

    @Test
    void aLevelBehindOneThatFails_isNotReached() {
        assertThat(RiskControl.laxestSafe(10, level -> level == 4 ? 100 : 0, 1000, TERMS))
                .isEqualTo(3);
    }

    @Test
    void noRisk_isNeverSafe() {
        assertThat(RiskControl.laxestSafe(10, level -> 0, 100_000, new RiskControl.Terms(0, 0.05)))
                .isEqualTo(-1);
    }

    /** A level loses a sample when a uniform number is below its true risk, which grows from level to level. */
    @Test
    void theRiskOfTheChosenLevel_exceedsTheAgreedOneInFewerThanOneOfTwentyTrials() {
        Random random = new Random(3);
        int samples = 800;
        int exceeded = 0;
        int trials = 2000;
        for (int trial = 0; trial < trials; trial++) {
            double[] drawn = random.doubles(samples).toArray();
            int level = RiskControl.laxestSafe(100, at -> below(drawn, risk(at)), samples, TERMS);
            exceeded += level >= 0 && risk(level) > TERMS.risk() ? 1 : 0;
        }
        assertThat((double) exceeded / trials).isBetween(0.005, 0.06);
    }

    private static double risk(int level) {
        return level * 0.0005;
    }

    private static int below(double[] drawn, double bound) {
        int count = 0;
        for (double value : drawn) {
            count += value < bound ? 1 : 0;
        }
        return count;
    }
}
