// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RequestRatesTest {
    private final AtomicLong millis = new AtomicLong(-123_456);
    private final RequestRates rates = new RequestRates(millis::get);

    @Test
    void burst_isAMinutesWorth_andThenItFillsEvenly() {
        for (int left = 59; left >= 0; left--) {
            assertThat(rates.take("a", 60).left()).isEqualTo(left);
        }
        assertThat(rates.take("a", 60)).isEqualTo(new RequestRates.Turn(false, 0, 60, 1));
        millis.addAndGet(999);
        assertThat(rates.take("a", 60).granted()).isFalse();
        millis.addAndGet(1);
        assertThat(rates.take("a", 60)).isEqualTo(new RequestRates.Turn(true, 0, 60, 1));
        assertThat(rates.take("a", 60).granted()).isFalse();
        millis.addAndGet(60_000);
        assertThat(rates.take("a", 60)).isEqualTo(new RequestRates.Turn(true, 59, 1, 0));
    }

    @Test
    void callers_haveBucketsOfTheirOwn_andABucketIsOfOneRate() {
        assertThat(rates.take("a", 1).granted()).isTrue();
        assertThat(rates.take("a", 1)).isEqualTo(new RequestRates.Turn(false, 0, 60, 60));
        assertThat(rates.take("b", 1).granted()).isTrue();
        assertThat(rates.take("a", 2).granted()).isTrue();
    }

    @Test
    void longIdleness_andTheGreatestRate_areExact() {
        assertThat(rates.take("a", Quota.MOST_REQUESTS).granted()).isTrue();
        millis.addAndGet(10L * 365 * 24 * 3_600 * 1_000);
        assertThat(rates.take("a", Quota.MOST_REQUESTS).left()).isEqualTo(Quota.MOST_REQUESTS - 1);
    }

    /** Who was let in is counted also when there are very many. */
    @Test
    void manyCallers_areForgottenOnlyOnceTheirBucketsAreFull() {
        assertThat(rates.take("first", 1).granted()).isTrue();
        for (int i = 0; i < 20_000; i++) {
            assertThat(rates.take("caller " + i, 1).granted()).isTrue();
        }
        assertThat(rates.take("first", 1).granted()).isFalse();
        millis.addAndGet(60_000);
        assertThat(rates.take("first", 1).granted()).isTrue();
    }

    /** Of a bucket that is emptied and filled drop by drop, in whole numbers. */
    @Test
    void anyRequests_areGrantedAsByAPlainBucket() {
        long seed = Long.getLong("perennial.seed", new Random().nextLong());
        System.out.println("RequestRatesTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int perMinute = 1 + random.nextInt(round < 100 ? 10 : 5_000);
            String caller = "caller " + round;
            long drops = 60_000L * perMinute;
            long then = millis.get();
            for (int request = 0; request < 300; request++) {
                long pause = random.nextInt(3) == 0 ? random.nextInt(1 + 120_000 / perMinute) : 0;
                long now = millis.addAndGet(pause);
                drops = Math.min(60_000L * perMinute, drops + (now - then) * perMinute);
                then = now;
                boolean expected = drops >= 60_000;
                drops -= expected ? 60_000 : 0;
                RequestRates.Turn turn = rates.take(caller, perMinute);
                assertThat(turn.granted())
                        .as("seed %d round %d request %d", seed, round, request)
                        .isEqualTo(expected);
                assertThat(turn.left()).isEqualTo((int) (drops / 60_000));
                if (!expected) {
                    assertThat(turn.retryAfterSeconds())
                            .isEqualTo((int) Math.ceil((60_000.0 - drops) / (1_000.0 * perMinute)));
                }
            }
        }
    }

    @Test
    void manyThreads_areGrantedNoMoreThanOne() {
        long granted = IntStream.range(0, 10_000)
                .parallel()
                .filter(i -> rates.take("a", 777).granted())
                .count();
        assertThat(granted).isEqualTo(777);
    }
}
