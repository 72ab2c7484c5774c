// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientWatchTest {

    @Test
    void timeOfAClient_isAWholeNumberOfMilliseconds() {
        assertThat(ClientWatch.millis(List.of(), 7)).isEqualTo(7);
        assertThat(ClientWatch.millis(List.of("1"), 7)).isEqualTo(1);
        assertThat(ClientWatch.millis(List.of("0250"), 7)).isEqualTo(250);
        assertThat(ClientWatch.millis(List.of("9999999999"), 7)).isEqualTo(9_999_999_999L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "+1", "1.5", "1e3", "10s", "NaN", " 5", "99999999999", "\u0661"})
    void anythingElse_isRefused(String header) {
        assertThatThrownBy(() -> ClientWatch.millis(List.of(header), 7)).isInstanceOf(Refusal.Unparsable.class);
    }

    @Test
    void twoTimes_areRefused_whicheverIsMeant() {
        assertThatThrownBy(() -> ClientWatch.millis(List.of("5000", "10"), 7)).isInstanceOf(Refusal.Unparsable.class);
        assertThatThrownBy(() -> ClientWatch.millis(List.of("10", "10"), 7)).isInstanceOf(Refusal.Unparsable.class);
    }
}
