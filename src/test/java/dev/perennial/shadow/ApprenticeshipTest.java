// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.shadow.Apprenticeship.Bar;
import org.junit.jupiter.api.Test;

final class ApprenticeshipTest {
    @Test
    void bar_isReachedByEnoughThatAreRight() {
        Bar bar = new Bar(0.9, 30, false);

        assertThat(bar.isReached(30, 30)).isTrue();
        assertThat(bar.isReached(29, 29)).isFalse();
        assertThat(bar.isReached(29, 30)).isFalse();
        assertThat(bar.isReached(290, 300)).isTrue();
    }
}
