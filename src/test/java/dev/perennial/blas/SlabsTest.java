// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class SlabsTest {
    private static final long WHILE_THE_OTHER_FAILS_MILLIS = 300;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();

    @Test
    void failure_isThrownWhenNothingRunsAnyLonger() {
        ForkJoinPool pool = new ForkJoinPool(2);
        try {
            pool.submit(() -> assertThatThrownBy(() -> Slabs.forEach(2, 1, this::work))
                            .isInstanceOf(OutOfMemoryError.class)
                            .satisfies(thrown -> assertThat(ended).isTrue()))
                    .join();
        } finally {
            pool.shutdown();
        }
    }

    /** The second slab fails while the first one still reads what the caller frees. */
    private void work(int from, int count) {
        try {
            if (from == 1) {
                assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
                throw new OutOfMemoryError("planted");
            }
            begun.countDown();
            Thread.sleep(WHILE_THE_OTHER_FAILS_MILLIS);
            ended.set(true);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
