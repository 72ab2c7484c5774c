// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.EncoderInfo.Pooling;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

final class UnitVectorsTest {
    private static float[] pool(Pooling pooling, float... states) {
        return new UnitVectors(pooling, 2).pool(FloatBuffer.wrap(states), 0, states.length / 2);
    }

    @Test
    void mean_isTheDirectionOfTheSum() {
        assertThat(pool(Pooling.MEAN, 6, 0, 0, 8)).containsExactly(0.6f, 0.8f);
    }

    @Test
    void cls_readsTheFirstTokenOnly() {
        assertThat(pool(Pooling.CLS, 3, 4, 100, 100)).containsExactly(0.6f, 0.8f);
    }

    @Test
    void aVectorWithoutDirection_isABug() {
        for (float value : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> pool(Pooling.MEAN, value, value)).isInstanceOf(IllegalStateException.class);
        }
    }
}
