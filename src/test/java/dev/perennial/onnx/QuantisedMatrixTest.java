// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class QuantisedMatrixTest {
    private static final int ROWS = 37;
    private static final int COLUMNS = 11;

    private final long seed = Long.getLong("perennial.seed", 7);

    private float[] values() {
        Random random = new Random(seed);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextDouble()));
        }
        return values;
    }

    @Test
    void byColumns_isOffByHalfAStepAtMost_andStaysWithinTheFactor() {
        float[] values = values();
        QuantisedMatrix matrix = QuantisedMatrix.byColumns(values, COLUMNS);
        assertThat(matrix.scales()).hasSize(COLUMNS);
        for (int i = 0; i < values.length; i++) {
            float scale = matrix.scales()[i % COLUMNS];
            assertThat((int) matrix.bytes()[i]).as("seed %d", seed).isBetween(-64, 64);
            assertThat(matrix.bytes()[i] * scale).isCloseTo(values[i], within(scale * 0.5001f));
        }
    }

    @Test
    void byRows_isOffByHalfAStepAtMost_andUsesTheWholeByte() {
        float[] values = values();
        QuantisedMatrix matrix = QuantisedMatrix.byRows(values, COLUMNS);
        assertThat(matrix.scales()).hasSize(ROWS);
        int largest = 0;
        for (int i = 0; i < values.length; i++) {
            float scale = matrix.scales()[i / COLUMNS];
            largest = Math.max(largest, Math.abs(matrix.bytes()[i]));
            assertThat(matrix.bytes()[i] * scale).isCloseTo(values[i], within(scale * 0.5001f));
        }
        assertThat(largest).as("seed %d", seed).isEqualTo(127);
    }

    @Test
    void twoProductsWithTheLargestByte_fitSixteenBits() {
        assertThat(2 * 255 * QuantisedMatrix.FACTOR).isLessThanOrEqualTo(Short.MAX_VALUE);
    }

    @Test
    void zeros_stayZeros() {
        assertThat(QuantisedMatrix.byColumns(new float[6], 2).bytes()).containsOnly(0);
        assertThat(QuantisedMatrix.byRows(new float[6], 2).bytes()).containsOnly(0);
    }
}
