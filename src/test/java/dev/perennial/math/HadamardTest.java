// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HadamardTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 32, 128})
    void transform_isTheProductWithSylvestersMatrix(int n) {
        Random random = new Random(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        float[] expected = new float[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                expected[i] += (Integer.bitCount(i & j) % 2 == 0 ? 1 : -1) * values[j];
            }
        }
        Hadamard.transform(values);
        assertThat(values).containsExactly(expected, within(1e-5f));
    }

    @Test
    void otherLengths_areRefused() {
        assertThatThrownBy(() -> Hadamard.transform(new float[3])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hadamard.transform(new float[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
