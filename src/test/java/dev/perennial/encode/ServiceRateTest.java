// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ServiceRateTest {
    private final ServiceRate rate = new ServiceRate();

    @Test
    void beforeTheFirstRun_nothingIsKnown() {
        assertThat(rate.nanos(1_000, 2)).isZero();
        rate.ran(0, 1_000);
        assertThat(rate.nanos(1_000, 2)).isZero();
    }

    @Test
    void runsBesideOneAnother_shareTheWork() {
        rate.ran(100, 5_000);

        assertThat(rate.nanos(1_000, 2)).isEqualTo(25_000, within(1e-6));
    }

    @Test
    void shortTexts_whichCostMoreForACharacter_doNotSpeakForLongOnes() {
        for (int i = 0; i < 100; i++) {
            rate.ran(3, TimeUnit.MILLISECONDS.toNanos(4));
            rate.ran(512, TimeUnit.MILLISECONDS.toNanos(50));
        }

        double tenOfBoth = TimeUnit.MILLISECONDS.toNanos(540);
        assertThat(rate.nanos(5_150, 1)).isEqualTo(tenOfBoth, within(0.1 * tenOfBoth));
    }
}
