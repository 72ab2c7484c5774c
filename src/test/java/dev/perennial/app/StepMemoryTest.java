// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.AdaptationStrategy;
import org.junit.jupiter.api.Test;

final class StepMemoryTest {
    private static final long BYTES = 900L << 20;

    private static EncoderInfo info(long parameters) {
        return new EncoderInfo(
                EncoderInfo.Reading.CONTEXTUAL,
                "one",
                "00",
                384,
                EncoderInfo.Pooling.MEAN,
                "",
                256,
                "cpu",
                "fp32",
                parameters,
                4 * parameters);
    }

    private static long tokens(long parameters, AdaptationStrategy strategy) {
        return StepMemory.of(info(parameters), strategy, false).tokens(BYTES);
    }

    @Test
    void moreLayers_leaveRoomForFewerTokens() {
        assertThat(tokens(22_565_376, AdaptationStrategy.LORA)).isBetween(1400L, 2000L);
        assertThat(tokens(33_212_160, AdaptationStrategy.LORA)).isBetween(600L, 900L);
    }

    @Test
    void biases_leaveRoomForFewerTokens() {
        assertThat(tokens(22_565_376, AdaptationStrategy.BITFIT)).isBetween(800L, 1100L);
    }

    @Test
    void derivativesOfAllWeights_takeRoomAsWell() {
        assertThat(tokens(22_565_376, AdaptationStrategy.FISHER)).isLessThan(600);
    }

    @Test
    void anEncoderWithoutRoom_hasNone() {
        assertThat(tokens(400_000_000, AdaptationStrategy.LORA)).isNotPositive();
    }
}
