// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.app.Troubles.Line;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TroublesTest {
    private final Troubles troubles = new Troubles();

    private Line of(String subject, String message) {
        return troubles.of(subject, new IllegalStateException(message));
    }

    @Test
    void sameTrouble_isToldOnce_andThatItLastsEverMoreRarely() {
        assertThat(of("acme", "no disk")).isEqualTo(Line.WHOLE);
        List<Integer> told = IntStream.rangeClosed(2, 1_000)
                .filter(time -> of("acme", "no disk") != Line.NONE)
                .boxed()
                .toList();
        assertThat(told).containsExactly(2, 4, 8, 16, 32, 64, 128, 256, 360, 720);
    }

    @Test
    void anotherCause_anotherSubject_andWhatHadPassed_areNew() {
        assertThat(of("acme", "no disk")).isEqualTo(Line.WHOLE);
        assertThat(of("globex", "no disk")).isEqualTo(Line.WHOLE);
        assertThat(of("acme", "no database")).isEqualTo(Line.WHOLE);
        assertThat(of("acme", "no database")).isEqualTo(Line.SHORT);
        troubles.over("acme");
        assertThat(of("acme", "no database")).isEqualTo(Line.WHOLE);
    }
}
