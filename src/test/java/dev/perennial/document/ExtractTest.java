// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long texts are read whole, in parts that overlap. */
final class ExtractTest {

    @Test
    void shortText_isOneExtract() {
        assertThat(Extract.of("a")).containsExactly(new Extract(0, 1));
        assertThat(Extract.of("x".repeat(Extract.LONGEST))).containsExactly(new Extract(0, Extract.LONGEST));
    }

    @Test
    void textWithoutSpaces_isCutBetweenCharacters() {
        String text = "🙂".repeat(2_000);

        assertThat(Extract.of(text))
                .hasSizeBetween(5, 6)
                .allMatch(extract -> extract.start() % 2 == 0 && extract.end() % 2 == 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void extracts_coverTheTextAndKeepWordsWhole(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        StringBuilder words = new StringBuilder();
        while (words.length() < 20_000) {
            words.append("x".repeat(1 + random.nextInt(12))).append(random.nextInt(9) == 0 ? ".\n" : " ");
        }
        String text = words.toString();
        List<Extract> extracts = Extract.of(text);

        assertThat(extracts.get(0).start()).isZero();
        assertThat(extracts.get(extracts.size() - 1).end()).isEqualTo(text.length());
        for (int i = 0; i < extracts.size(); i++) {
            Extract extract = extracts.get(i);
            assertThat(extract.end() - extract.start()).isBetween(1, Extract.LONGEST);
            assertThat(extract.start() == 0 || Character.isWhitespace(text.charAt(extract.start() - 1)))
                    .as("seed %d", seed)
                    .isTrue();
            if (i > 0) {
                assertThat(extracts.get(i - 1).end() - extract.start())
                        .as("seed %d", seed)
                        .isBetween(Extract.OVERLAP / 2, Extract.OVERLAP);
            }
        }
    }
}
