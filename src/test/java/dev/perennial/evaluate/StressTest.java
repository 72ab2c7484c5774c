// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.Input;
import dev.perennial.text.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StressTest {
    private static final Input PLAIN = Input.of(new Text("When will My New card arrive at home"));

    private static String written(Stress stress, Input input, long seed) {
        return stress.applied(input, seed).text().value();
    }

    @Test
    void cases_changeLettersAlone() {
        assertThat(written(Stress.LOWER_CASE, PLAIN, 1)).isEqualTo("when will my new card arrive at home");
        assertThat(written(Stress.UPPER_CASE, PLAIN, 1)).isEqualTo("WHEN WILL MY NEW CARD ARRIVE AT HOME");
    }

    @Test
    void truncation_keepsTheFirstHalfOfTheWords() {
        assertThat(written(Stress.TRUNCATION, PLAIN, 1)).isEqualTo("When will My New");
        assertThat(written(Stress.TRUNCATION, Input.of(new Text("one two three")), 1))
                .isEqualTo("one two");
        assertThat(written(Stress.TRUNCATION, Input.of(new Text("alone")), 1)).isEqualTo("alone");
    }

    @Test
    void typos_areTheSameForOneSeed_andChangeAFewLetters() {
        String once = written(Stress.TYPOS, PLAIN, 3);
        int changed = 0;
        for (long seed = 0; seed < 50; seed++) {
            String text = written(Stress.TYPOS, PLAIN, seed);
            assertThat(Math.abs(text.length() - PLAIN.text().value().length())).isLessThanOrEqualTo(2);
            assertThat(text.split(" ")).hasSize(8);
            changed += text.equals(PLAIN.text().value()) ? 0 : 1;
        }

        assertThat(written(Stress.TYPOS, PLAIN, 3)).isEqualTo(once);
        assertThat(changed).isGreaterThan(40);
    }

    @ParameterizedTest
    @EnumSource(Stress.class)
    void anythingThatIsAText_staysOne(Stress stress) {
        for (String text : new String[] {"x", "🙂", "é 🙂 ñ", "  spaced  out ", "1", "\u00df", "a\u0301"}) {
            for (long seed = 0; seed < 20; seed++) {
                Input applied = stress.applied(Input.of(new Text(text), new Text("other")), seed);
                assertThat(applied.text().value()).isNotBlank();
                assertThat(applied.textPair()).isPresent();
            }
        }
    }
}
