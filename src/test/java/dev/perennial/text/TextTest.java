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

    @Test
    void whatIsNoText_isNeverOne() {
        for (String none : new String[] {"", "\ud83d", "\ude42a", "a\u0000"}) {
            assertThat(Text.flawIn(none, 10)).isPresent();
            assertThatThrownBy(() -> new Text(none)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Text.flawIn("12345678901", 10)).contains(Text.Flaw.TOO_LONG);
    }
}
