// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ProbabilitiesTest {

    @Test
    void softmax_isItsDefinition_andDoesNotOverflow() {
        assertThat(Probabilities.softmax(new double[] {0, Math.log(3)}, 1))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
        assertThat(Probabilities.softmax(new double[] {1e6, 0, -1e6}, 10)).containsExactly(1, 0, 0);
        assertThat(Probabilities.softmax(new double[0], 1)).isEmpty();
    }

    @Test
    void sharpen_raisesToAPowerAndScales() {
        double[] sharp = Probabilities.sharpen(new double[] {0.2, 0.8, 0}, 2);
        assertThat(sharp[0]).isCloseTo(0.04 / 0.68, within(1e-12));
        assertThat(sharp[2]).isCloseTo(0, within(1e-300));
        assertThat(Arrays.stream(sharp).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void logistic_isSymmetricAndBounded() {
        assertThat(Probabilities.logistic(0)).isEqualTo(0.5);
        assertThat(Probabilities.logistic(2) + Probabilities.logistic(-2)).isCloseTo(1, within(1e-15));
        assertThat(Probabilities.logistic(-1e4)).isZero();
        assertThat(Probabilities.logistic(1e4)).isEqualTo(1);
    }

    @Test
    void argmax_takesTheFirstOfEquals() {
        assertThat(Probabilities.argmax(new double[] {1, 3, 3})).isEqualTo(1);
        assertThat(Probabilities.argmax(new double[0])).isEqualTo(-1);
    }
}
