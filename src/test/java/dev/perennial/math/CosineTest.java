// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CosineTest {

    @ParameterizedTest
    @CsvSource({"0, 1", "0.25, 0", "0.5, -1", "0.75, 0", "1, 1", "-0.25, 0", "-0.5, -1", "1000.125, 0.70710678"})
    void atKnownAngles_isExact(float turns, float expected) {
        assertThat(Cosine.ofTurns(turns)).isCloseTo(expected, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-6", "10, 1e-5"})
    void everywhere_isTheCosineOfTheLibrary(float most, double error) {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            float turns = most * (2 * random.nextFloat() - 1);
            assertThat((double) Cosine.ofTurns(turns)).isCloseTo(StrictMath.cos(2 * Math.PI * turns), within(error));
        }
    }
}
