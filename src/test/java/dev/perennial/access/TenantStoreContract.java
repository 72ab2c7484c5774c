// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditLog;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of tenants promises. */
public abstract class TenantStoreContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final TenantId ACME = new TenantId("acme");

    private TenantStore store;

    protected abstract TenantStore create();

    /** The audit events of the same store. */
    protected abstract AuditLog audit();

    @BeforeEach
    void createStore() {
        store = create();
    }

    private static Tenant tenant(String id, String place) {
        return new Tenant(new TenantId(id), "name of " + id, place, NOW, Optional.empty(), false);
    }

    @Test
    void tenants_areKeptWhole_inTheOrderOfTheirIds() {
        store.put(tenant("b", "b-1"));
        store.put(tenant("a", "a-1"));

        assertThat(store.all()).containsExactly(tenant("a", "a-1"), tenant("b", "b-1"));
        assertThat(store.find(new TenantId("a"))).contains(tenant("a", "a-1"));
        assertThat(store.find(ACME)).isEmpty();
    }

    @Test
    void tenantThatIsThere_isRenamed_andStaysWhereItIs() {
        store.put(tenant("acme", "acme-1"));
        store.put(new Tenant(ACME, "other", "acme-2", NOW.plusSeconds(9), Optional.empty(), false));

        assertThat(store.all()).containsExactly(new Tenant(ACME, "other", "acme-1", NOW, Optional.empty(), false));
    }

    @Test
    void removedTenant_staysUntilItIsForgotten_besideAnotherOfItsId() {
        store.put(tenant("acme", "acme-1"));
        assertThat(store.remove(ACME)).isTrue();
        assertThat(store.remove(ACME)).isFalse();
        assertThat(store.find(ACME)).isEmpty();

        store.put(tenant("acme", "acme-2"));
        assertThat(store.all()).extracting(Tenant::place).containsExactly("acme-1", "acme-2");
        assertThat(store.all()).extracting(Tenant::isPresent).containsExactly(false, true);

        store.forget(store.all().get(1));
        assertThat(store.all()).as("one that is present is not forgotten").hasSize(2);
        store.forget(store.all().get(0));
        assertThat(store.all()).containsExactly(tenant("acme", "acme-2"));
    }

    @Test
    void tenantThatHasBegun_staysSo() {
        store.put(tenant("acme", "acme-1"));
        assertThat(store.all()).extracting(Tenant::begun).containsExactly(false);
        store.begin(store.all().get(0));
        store.put(tenant("acme", "acme-2"));
        assertThat(store.all()).extracting(Tenant::begun).containsExactly(true);
    }

    @Test
    void changes_areAudited() {
        store.put(tenant("acme", "acme-1"));
        store.put(tenant("acme", "acme-2"));
        store.remove(ACME);
        store.remove(ACME);
        store.forget(store.all().get(0));

        assertThat(audit().events("", 10, Optional.empty()))
                .extracting(AuditEvent::action)
                .containsExactly("tenant.create", "tenant.rename", "tenant.remove", "tenant.delete");
        assertThat(audit().events("", 10, Optional.empty()))
                .extracting(event -> event.subject().id())
                .containsOnly("acme");
    }
}
