// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Gates for tests without requests. */
public final class ServingGates {
    private ServingGates() {}

    /** One of a service that has the default tenant alone, whoever asks. */
    public static ServingGate ofDefaultAlone() {
        AtomicReference<Optional<TenantDoor>> only = new AtomicReference<>(Optional.empty());
        ServingGate gate = new ServingGate(only::get);
        only.set(Optional.of(gate.ofDefault()));
        return gate;
    }
}
