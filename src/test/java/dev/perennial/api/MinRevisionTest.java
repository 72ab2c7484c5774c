// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class MinRevisionTest {
    private static final RevisionId STORED = new RevisionId(7);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicLong stored = new AtomicLong(STORED.number());
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger awaits = new AtomicInteger();

    private final ActiveEnsembles active = new ActiveEnsembles(
            () -> {
                looks.incrementAndGet();
                return stored.get();
            },
            revision -> awaits.getAndIncrement() >= 0 && revision.equals(STORED));

    private void await(Duration longest, RevisionId revision) {
        new MinRevision(longest).await(active, Optional.empty(), revision.toString(), () -> {});
    }

    @Test
    void readThatNobodyWaitsFor_isHeldBackNoLonger() {
        Refusal late = new Refusal.Saturated("late", 1);

        assertThatThrownBy(() -> new MinRevision(LONG).await(active, Optional.empty(), STORED.toString(), () -> {
                    if (awaits.get() > 2) {
                        throw late;
                    }
                }))
                .isSameAs(late);
    }

    @Test
    void revisionThatNoChangeHasHad_isRefusedAtOnce() {
        RevisionId none = new RevisionId(STORED.number() + 1);

        assertThatThrownBy(() -> await(LONG, none)).isInstanceOf(Refusal.NotReady.class);

        assertThat(looks).hasValue(1);
        stored.incrementAndGet();
        assertThatCode(() -> await(LONG, none)).doesNotThrowAnyException();
    }

    @Test
    void changeThatDoesNotServeInTime_isRefused() {
        assertThatThrownBy(() -> await(Duration.ofMillis(30), STORED)).isInstanceOf(Refusal.NotReady.class);

        assertThat(awaits.get()).isGreaterThan(1);
        assertThat(looks).hasValue(1);
    }
}
