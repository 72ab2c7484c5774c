// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.access.Caller;
import dev.perennial.access.Keyring;
import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import dev.perennial.access.TenantId;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlApiKeyStore;
import dev.perennial.store.SqliteDatabase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServingGateTest {
    private static final TenantId ACME = new TenantId("acme");

    private final AtomicReference<Optional<TenantDoor>> asking = new AtomicReference<>(Optional.empty());
    private final ServingGate gate = new ServingGate(asking::get);
    private final List<SqliteDatabase> databases = new ArrayList<>();

    @TempDir
    private Path directory;

    private Keyring keyring(String name, long seed) {
        SqliteDatabase database = SqliteDatabase.open(directory.resolve(name));
        databases.add(database);
        Keyring.Terms terms = new Keyring.Terms(Optional.empty(), false, 10, Quota.NONE, false);
        return new Keyring(
                new SqlApiKeyStore(database, InstantSource.system()), terms, InstantSource.system(), new Random(seed));
    }

    private static String operator(Keyring keyring) {
        return keyring.issue(Caller.CONFIGURED, new Keyring.Wish("first", Role.OPERATOR, Optional.empty(), Quota.NONE))
                .secret();
    }

    @AfterEach
    void close() {
        databases.forEach(SqliteDatabase::close);
    }

    @Test
    void key_leadsToItsTenantAlone() {
        Keyring own = keyring("own", 1);
        Keyring acmes = keyring("acmes", 2);
        gate.ofDefault().admitBy(own);
        gate.add(ACME).admitBy(acmes);
        String first = operator(own);
        String second = operator(acmes);

        assertThat(gate.admitted(first))
                .map(admitted -> admitted.door().tenant())
                .contains(TenantId.DEFAULT);
        assertThat(gate.admitted(second))
                .map(admitted -> admitted.door().tenant())
                .contains(ACME);
        assertThat(gate.admitted("pk_none")).isEmpty();

        asking.set(gate.door(ACME));
        assertThat(gate.keyring()).isSameAs(acmes);
        assertThatThrownBy(gate::serving).isInstanceOf(Refusal.NotReady.class);

        gate.remove(gate.door(ACME).orElseThrow());
        assertThat(gate.admitted(second)).isEmpty();
        assertThatThrownBy(gate::serving).as("a request that was let in before").isInstanceOf(Refusal.NotReady.class);
    }

    @Test
    void threadThatWorksOnNoRequest_isLedNowhere() {
        assertThatThrownBy(gate::serving).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void defaultTenant_cannotBeRemoved() {
        gate.remove(gate.ofDefault());
        assertThat(gate.door(TenantId.DEFAULT)).containsSame(gate.ofDefault());
    }

    @Test
    void retain_takesTheOthersDoorsAway() {
        gate.add(ACME);
        TenantDoor gone = gate.add(new TenantId("gone"));
        TenantId fresh = new TenantId("fresh");
        gate.retain(() -> {
            gate.add(fresh);
            return Set.of(ACME);
        });
        assertThat(gate.door(fresh)).as("one that came meanwhile").isPresent();
        assertThat(gate.door(ACME)).isPresent();
        assertThat(gate.door(gone.tenant())).isEmpty();
        assertThat(gate.ofDefault()).isNotNull();
        assertThat(gate.door(TenantId.DEFAULT)).isPresent();
    }

    @Test
    void requestOfARemovedTenant_isNotLedToAnotherOfItsId() {
        asking.set(Optional.of(gate.add(ACME)));
        gate.remove(gate.door(ACME).orElseThrow());
        TenantDoor other = gate.add(ACME);
        gate.remove(gate.asking());
        assertThat(gate.door(ACME)).containsSame(other);
        assertThat(gate.asking()).isNotSameAs(other);
        assertThatThrownBy(gate::serving).isInstanceOf(Refusal.NotReady.class);
    }
}
