// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TypicalWordsTest {
    private static final TypicalWords WORDS = TypicalWords.against(List.of(
            "where is my card",
            "my card is lost",
            "is the refund here",
            "is the rate good",
            "the exchange rate is wrong"));

    @Test
    void wordsThatAreRareElsewhere_comeFirst() {
        assertThat(WORDS.of(List.of("the exchange rate", "is the Exchange fair", "exchange at a rate"), 2))
                .containsExactly("exchange", "rate");
    }

    @Test
    void ofSeveralTexts_twoHaveTheWord() {
        assertThat(WORDS.of(List.of("unheard word", "another one"), 9)).isEmpty();
        assertThat(WORDS.of(List.of("unheard word"), 9)).containsExactly("unheard", "word");
    }

    @Test
    void wordsOfAllTexts_sayNothing() {
        assertThat(WORDS.of(List.of("is it", "is he"), 9)).isEmpty();
        assertThat(WORDS.of(List.of(), 9)).isEmpty();
    }
}
