// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class NormalTailTest {
    @Test
    void tails_beginWhereTablesSay() {
        assertThat(NormalTail.standardDeviations(0.5)).isCloseTo(0, within(5e-4));
        assertThat(NormalTail.standardDeviations(0.05)).isCloseTo(1.644854, within(5e-4));
        assertThat(NormalTail.standardDeviations(0.025)).isCloseTo(1.959964, within(5e-4));
        assertThat(NormalTail.standardDeviations(1e-6)).isCloseTo(4.753424, within(5e-4));
    }
}
