// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CosineTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "0.25, 0",
        "0.5, -1",
        "0.75, 0",
        "1, 1",
        "-0.25, 0",
        "-0.5, -1",
        "1000000.125, 0.7071067811865476"
    })
    void atKnownAngles_isExact(double turns, double expected) {
        assertThat(Cosine.ofTurns(turns)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void everywhere_isTheCosineOfTheLibrary() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            double turns = 20 * random.nextGaussian();
            assertThat(Cosine.ofTurns(turns)).isCloseTo(StrictMath.cos(2 * Math.PI * turns), within(1e-9));
        }
    }
}
