// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditLog;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of keys promises. */
public abstract class ApiKeyStoreContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private ApiKeyStore store;

    protected abstract ApiKeyStore create();

    /** The audit events of the same store. */
    protected abstract AuditLog audit();

    @BeforeEach
    void createStore() {
        store = create();
    }

    @Test
    void newStore_hasNeverHadAKey() {
        assertThat(store.all()).isEmpty();
        assertThat(store.hasIssued()).isFalse();
    }

    @Test
    void keys_areKeptWhole_inTheOrderOfTheirIds() {
        ApiKey lasting = key("key_b", Role.OPERATOR, Optional.empty());
        ApiKey expiring = key("key_a", Role.READER, Optional.of(NOW.plusSeconds(5)));
        store.add(lasting);
        store.add(expiring);

        assertThat(store.all()).containsExactly(expiring, lasting);
        assertThat(store.hasIssued()).isTrue();
    }

    @Test
    void revokedKey_isGone_andNotForgotten() {
        store.add(key("key_a", Role.TEACHER, Optional.empty()));

        assertThat(store.revoke("key_a")).isTrue();
        assertThat(store.revoke("key_a")).isFalse();
        assertThat(store.revoke("key_none")).isFalse();
        assertThat(store.all()).isEmpty();
        assertThat(store.hasIssued()).isTrue();
    }

    @Test
    void quota_isKept_andCanBeChanged_asLongAsTheKeyIsThere() {
        Quota quota = new Quota(Optional.of(60), Optional.of(Quota.MOST_EXAMPLES));
        ApiKey key = key("key_a", Role.TEACHER, Optional.empty()).with(quota);
        store.add(key);
        assertThat(store.all()).containsExactly(key);

        Quota other = new Quota(Optional.empty(), Optional.of(7));
        assertThat(store.bound("key_a", other)).isTrue();
        assertThat(store.all()).containsExactly(key.with(other));
        assertThat(store.bound("key_a", Quota.NONE)).isTrue();
        assertThat(store.all()).containsExactly(key.with(Quota.NONE));

        store.revoke("key_a");
        assertThat(store.bound("key_a", other)).isFalse();
        assertThat(store.bound("key_none", other)).isFalse();
    }

    @Test
    void changes_areAudited() {
        store.add(key("key_a", Role.TEACHER, Optional.empty()));
        store.bound("key_a", new Quota(Optional.of(1), Optional.empty()));
        store.bound("key_none", Quota.NONE);
        store.revoke("key_a");
        store.revoke("key_a");

        assertThat(audit().events("", 10, Optional.empty()))
                .extracting(AuditEvent::action)
                .containsExactly("key.issue", "key.bound", "key.revoke");
        assertThat(audit().events("", 10, Optional.empty()))
                .extracting(event -> event.subject().id())
                .containsOnly("key_a");
    }

    private static ApiKey key(String id, Role role, Optional<Instant> expiry) {
        return new ApiKey(id, "who asks", role, "ab".repeat(32), NOW, expiry, Quota.NONE);
    }
}
