// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

final class NativeMemoryTest {
    /** Small enough to be taken from an arena and not from the system. */
    private static final int BLOCK = 64 << 10;

    private static final int BLOCKS = 4000;

    @Test
    void whatWasFreed_goesBackToTheSystem() {
        List<Pointer> blocks = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            Pointer block = Pointer.malloc(BLOCK);
            Pointer.memset(block, 1, BLOCK);
            blocks.add(block);
        }
        // The last one stays, so that the C library does not give the others back by itself.
        blocks.subList(0, BLOCKS - 1).forEach(Pointer::free);
        long before = Pointer.physicalBytes();
        try (NativeMemory memory = new NativeMemory(Duration.ofHours(1))) {
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> before - Pointer.physicalBytes() > (long) BLOCK * BLOCKS / 2);
        } finally {
            Pointer.free(blocks.get(BLOCKS - 1));
        }
        assertThat(Pointer.physicalBytes()).isLessThan(before);
    }
}
