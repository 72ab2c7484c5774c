// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.access.ApiKey;
import dev.perennial.access.ApiKeyStore;
import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.Role;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ServingGateTest {
    private static final TenantId ACME = new TenantId("acme");

    private final AtomicReference<Optional<TenantId>> asking = new AtomicReference<>(Optional.empty());
    private final ServingGate gate = new ServingGate(asking::get);

    private static Keyring keyring(long seed) {
        List<ApiKey> keys = new ArrayList<>();
        ApiKeyStore store = new ApiKeyStore() {
            @Override
            public List<ApiKey> all() {
                return List.copyOf(keys);
            }

            @Override
            public boolean hasIssued() {
                return !keys.isEmpty();
            }

            @Override
            public void add(ApiKey key) {
                keys.add(key);
            }

            @Override
            public boolean revoke(String id) {
                return keys.removeIf(key -> key.id().equals(id));
            }
        };
        Keyring.Terms terms = new Keyring.Terms(Optional.empty(), false, 10);
        return new Keyring(store, terms, InstantSource.system(), new Random(seed));
    }

    @Test
    void key_leadsToItsTenantAlone() {
        Keyring own = keyring(1);
        Keyring acmes = keyring(2);
        gate.ofDefault().admitBy(own);
        gate.add(ACME).admitBy(acmes);
        String first = own.issue(Caller.CONFIGURED, "first", Role.OPERATOR, Optional.empty())
                .secret();
        String second = acmes.issue(Caller.CONFIGURED, "second", Role.OPERATOR, Optional.empty())
                .secret();

        assertThat(gate.admitted(first)).map(ServingGate.Admitted::tenant).contains(TenantId.DEFAULT);
        assertThat(gate.admitted(second)).map(ServingGate.Admitted::tenant).contains(ACME);
        assertThat(gate.admitted("pk_none")).isEmpty();

        asking.set(Optional.of(ACME));
        assertThat(gate.keyring()).isSameAs(acmes);
        assertThatThrownBy(gate::serving).isInstanceOf(Refusal.NotReady.class);

        gate.remove(ACME);
        assertThat(gate.admitted(second)).isEmpty();
        assertThatThrownBy(gate::serving).as("a request that was let in before").isInstanceOf(Refusal.NotReady.class);
    }

    @Test
    void threadThatWorksOnNoRequest_isLedNowhere() {
        assertThatThrownBy(gate::serving).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void defaultTenant_cannotBeRemoved() {
        gate.remove(TenantId.DEFAULT);
        assertThat(gate.door(TenantId.DEFAULT)).containsSame(gate.ofDefault());
    }

    @Test
    void keysOfATenantThatHasNotStarted_areNotKnown() {
        gate.ofDefault().admitBy(keyring(3));
        assertThat(gate.hasAllKeys()).isTrue();
        gate.add(ACME);
        assertThat(gate.hasAllKeys()).isFalse();
    }
}
