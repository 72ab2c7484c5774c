// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of labels. */
final class LabelNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "a\u0000",
                "a\nb",
                "a\u0085b",
                "a\u202Eb",
                "a\u2066b",
                "\uD800",
                "aaaaaaaaaaaaaaaaaaaaa"
            })
    void flaw_isFoundInWhatCannotBeAName(String raw) {
        assertThat(LabelName.flawIn(raw, 20)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " a ", "card lost", "\u5361\u7247", "\u26A0\uFE0F", "caf\u00E9", "a/b?c#d%"})
    void flaw_isNotFoundInNames(String raw) {
        assertThat(LabelName.flawIn(raw, 20)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "card,CARD",
        "stra\u00DFe,STRASSE",
        "STRA\u1E9EE,stra\u00DFe",
        "\uFB01x,fix",
        "a\u200Bb,ab",
        "caf\u00E9,cafe\u0301",
        "\uFF41,a",
        "a  b,a b"
    })
    void fold_makesLookAlikesEqual(String one, String other) {
        assertThat(LabelName.of(one).fold()).isEqualTo(LabelName.of(other).fold());
    }

    @Test
    void name_isComposedAndTrimmed() {
        assertThat(LabelName.of(" cafe\u0301 ").value()).isEqualTo("caf\u00E9");
    }

    @Test
    void book_refusesLookAlikesAndTooMany() {
        LabelBook book = new LabelBook(List.of("card"), 2);

        assertThat(book.flawIn("card")).isEmpty();
        assertThat(book.flawIn("Card")).isPresent();
        book.add("other");
        assertThat(book.flawIn("third")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"card;other", "card, other", "other,card", "Card/other"})
    void book_saysHowSeveralLabelsAreSeparated(String joined) {
        LabelBook book = new LabelBook(List.of("card", "other"), 10);

        assertThat(book.flawIn(joined))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("separated by |"));
        assertThat(book.flawIn("card; something else")).isEmpty();
    }
}
