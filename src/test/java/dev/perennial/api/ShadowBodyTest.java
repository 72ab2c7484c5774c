// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.perennial.api.ShadowBody.RuleBody;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import org.junit.jupiter.api.Test;

final class ShadowBodyTest {
    private static ShadowBody shadow(double share, long answers, long feedback) {
        return new ShadowBody(null, share, 0.5, null, new RuleBody(answers, feedback, true));
    }

    @Test
    void ruleThatCanNeverBeDue_isRefused() {
        Refusal.Invalid refused = catchThrowableOfType(
                Refusal.Invalid.class, () -> shadow(0, 100, 10).rule());

        assertThat(refused.faults())
                .extracting(Fault::pointer)
                .containsExactly("/promote/answers", "/promote/feedback");
    }

    @Test
    void ruleThatAsksTheGateAlone_needsNoShare() {
        assertThat(shadow(0, 0, 0).rule()).isPresent();
        assertThat(shadow(0.1, 100, 10).rule()).isPresent();
    }
}
