// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Over whole streams with many looks, alarms are rare without a shift and come with one. Heavy. */
final class DriftPowerIT {
    private static final List<Detector> ALL =
            List.of(Detector.LABELS, Detector.PROBABILITY, Detector.EMBEDDING, Detector.SCOPE);
    private static final int RUNS = 100;
    private static final int LENGTH = 3000;
    private static final int SHIFT = 1000;

    @Test
    void exchangeableStreams_raiseHardlyAnyAlarm() {
        long alarms = Arrays.stream(DriftStreams.seeds(RUNS))
                .parallel()
                .filter(seed -> DriftStreams.firstAlarm(ALL, seed, LENGTH, LENGTH) >= 0)
                .count();

        assertThat(alarms).isLessThanOrEqualTo(2);
    }

    @Test
    void shiftedLabels_areFound() {
        int[] alarms = Arrays.stream(DriftStreams.seeds(RUNS))
                .parallel()
                .mapToInt(seed -> DriftStreams.firstAlarm(List.of(Detector.LABELS), seed, SHIFT + 1000, SHIFT))
                .toArray();

        assertThat(Arrays.stream(alarms).filter(at -> at > SHIFT)).hasSizeGreaterThanOrEqualTo(95);
    }
}
