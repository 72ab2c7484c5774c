// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class RetriesTest {
    private static final TaskId TASK = new TaskId("task");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final Retries retries = new Retries(now::get);

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void task_isTriedAgainWhenItsTimeHasCome_andThenLessOften() {
        retries.failed(TASK);
        assertThat(retries.due()).isEmpty();
        pass(Retries.FIRST);
        assertThat(retries.due()).containsExactly(TASK);
        retries.failed(TASK);
        pass(Retries.FIRST);
        assertThat(retries.due()).isEmpty();
        pass(Retries.FIRST);
        assertThat(retries.due()).containsExactly(TASK);
        assertThat(retries.settled(TASK)).isTrue();
        assertThat(retries.due()).isEmpty();
    }

    @Test
    void clockThatIsPutBack_putsNothingOff() {
        retries.failed(TASK);
        pass(Duration.ofHours(-1));
        assertThat(retries.due()).containsExactly(TASK);
        retries.failed(TASK);
        assertThat(retries.due()).isEmpty();
        pass(Retries.LONGEST);
        assertThat(retries.due()).containsExactly(TASK);
    }

    @Test
    void clockThatIsPutForward_onlyTriesSooner() {
        retries.failed(TASK);
        pass(Duration.ofHours(1));
        assertThat(retries.due()).containsExactly(TASK);
    }
}
