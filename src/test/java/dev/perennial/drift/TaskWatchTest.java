// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.Kind;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TaskWatchTest {

    @Test
    void whoeverReadsTheReport_doesNotWaitForAnObservation() throws Exception {
        TaskWatch watch = new TaskWatch(Kind.CLASSIFICATION, Instant.EPOCH);
        // As an observation does while it is compared.
        synchronized (watch) {
            assertThat(CompletableFuture.supplyAsync(watch::report)
                            .get(20, TimeUnit.SECONDS)
                            .lines())
                    .hasSize(4);
        }
    }
}
