// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.train.Device;
import org.junit.jupiter.api.Test;

/** Where the service may adapt encoders by itself. */
final class TrainingPlaceTest {
    private static final long MEGABYTE = 1L << 20;
    private static final long MEMORY = 1000 * MEGABYTE;

    @Test
    void anOwnProcess_needsTwiceItsHeap() {
        assertThat(TrainingPlace.OWN.objection(Device.CPU, MEMORY, 500 * MEGABYTE))
                .isEmpty();
        assertThat(TrainingPlace.OWN.objection(Device.CPU, MEMORY, 499 * MEGABYTE))
                .hasValueSatisfying(words -> assertThat(words).contains("500 MiB", "499 MiB", "-Xmx"));
    }

    @Test
    void anOwnProcess_isRefusedOnAGpu() {
        assertThat(TrainingPlace.OWN.objection(Device.CUDA, MEMORY, MEMORY))
                .hasValueSatisfying(words -> assertThat(words).contains("perennial.execution-provider=cpu"));
    }

    @Test
    void aSeparateProcess_isAlwaysThere() {
        assertThat(TrainingPlace.SEPARATE.objection(Device.CUDA, MEMORY, MEGABYTE))
                .isEmpty();
    }
}
