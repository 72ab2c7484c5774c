// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UndyingTest {

    @Test
    void workThatFails_evenByAnError_isRepeated() {
        AtomicInteger runs = new AtomicInteger();
        Undying work = new Undying("a test", () -> {
            int run = runs.incrementAndGet();
            if (run == 1) {
                throw new StackOverflowError("as if");
            }
            throw new IllegalStateException("as if");
        });
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try {
            ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(work, 0, 1, TimeUnit.MILLISECONDS);
            await().until(() -> runs.get() > 2);
        } finally {
            executor.shutdownNow();
        }
    }
}
