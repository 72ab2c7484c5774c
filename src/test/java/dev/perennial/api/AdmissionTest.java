// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private final AtomicReference<Optional<TenantDoor>> asking = new AtomicReference<>(Optional.empty());
    private final ServingGate gate = new ServingGate(asking::get);
    private final Admission admission = new Admission(gate, "tests", 1);

    private <T> T as(String tenant, Supplier<T> work) {
        Optional<TenantDoor> before = asking.getAndSet(Optional.of(gate.add(new TenantId(tenant))));
        try {
            return work.get();
        } finally {
            asking.set(before);
        }
    }

    private String nested(String first, String second) {
        return as(first, () -> admission.admit(() -> as(second, () -> admission.admit(() -> "done"))));
    }

    @Test
    void placeOfOneTenant_isNoneOfAnother() {
        assertThat(nested("a", "b")).isEqualTo("done");
        assertThatThrownBy(() -> nested("a", "a")).isInstanceOf(Refusal.Saturated.class);
        assertThat(as("a", () -> admission.admit(() -> "again"))).isEqualTo("again");
    }

    @Test
    void allTogether_haveTwiceAsMany() {
        assertThatThrownBy(() -> as("a", () -> admission.admit(() -> nested("b", "c"))))
                .isInstanceOf(Refusal.Saturated.class);
        assertThat(nested("c", "b")).isEqualTo("done");
    }
}
