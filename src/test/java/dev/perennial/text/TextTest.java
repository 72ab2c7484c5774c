// SPDX-License-Identifier: Apache-2.0
package dev.perennial.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTest {

    @ParameterizedTest
    @ValueSource(strings = {" ", "\u200b", "\u0007", "\udb40\udc41"})
    void textThatNobodyCanSee_isNotTakenIn_butStaysReadableWhereItIs(String invisible) {
        assertThat(Text.flawIn(invisible, 10)).contains(Text.Flaw.BLANK);
        assertThat(new Text(invisible).value()).isEqualTo(invisible);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\ud83d\ude42", "支払い", " a\u200b", "👩\u200d🔬"})
    void textWithSomethingToSee_isTakenIn(String visible) {
        assertThat(Text.flawIn(visible, 10)).isEmpty();
    }

    /** Of two kinds, so that to put them in order takes time of the square of their number. */
    @Test
    void moreMarksInARowThanAnyLanguageHas_areNotTakenIn_butStayReadableWhereTheyAre() {
        String marks = "\u0301\u0323".repeat(50);
        assertThat(Text.flawIn("a" + marks + "e" + marks, 1_000)).isEmpty();
        assertThat(Text.flawIn("a" + marks + "\u0301" + "e", 1_000)).contains(Text.Flaw.MARKS);
        assertThat(new Text("a" + marks + marks).value()).hasSizeGreaterThan(marks.length());
        assertThatThrownBy(() -> new Text("a" + marks + marks + "\u0000")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoText_isNeverOne() {
        for (String none : new String[] {"", "\ud83d", "\ude42a", "a\u0000"}) {
            assertThat(Text.flawIn(none, 10)).isPresent();
            assertThatThrownBy(() -> new Text(none)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Text.flawIn("12345678901", 10)).contains(Text.Flaw.TOO_LONG);
    }
}
