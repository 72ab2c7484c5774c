// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GradientNormTest {
    private final Parameter first = parameter(3, 0);
    private final Parameter second = parameter(-4, 12);

    private static Parameter parameter(float... gradient) {
        Parameter parameter = new Parameter("p", new long[] {gradient.length}, new float[gradient.length], 1);
        parameter.gradient().put(0, gradient);
        return parameter;
    }

    @Test
    void theNorm_isOfAllParametersTogether() {
        assertThat(GradientNorm.of(List.of(first, second))).isEqualTo(13);
    }

    @Test
    void aLongGradient_isShortened_andKeepsItsDirection() {
        GradientNorm.clip(List.of(first, second), 6.5);

        assertThat(first.gradient().get(0)).isEqualTo(1.5f);
        assertThat(second.gradient().get(0)).isEqualTo(-2);
        assertThat(second.gradient().get(1)).isEqualTo(6);
        assertThat(GradientNorm.of(List.of(first, second))).isCloseTo(6.5, within(1e-6));
    }

    @Test
    void aShortGradient_staysAsItIs() {
        GradientNorm.clip(List.of(first, second), 13);

        assertThat(second.gradient().get(1)).isEqualTo(12);
    }

    @Test
    void zero_letsAnyGradientPass() {
        GradientNorm.clip(List.of(first, second), 0);

        assertThat(second.gradient().get(1)).isEqualTo(12);
    }
}
