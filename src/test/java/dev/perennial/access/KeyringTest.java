// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyringTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String CONFIGURED = "0123456789abcdef0123456789abcdef";
    private static final Caller ME = new Caller("key_of_somebody", Role.OPERATOR);
    private static final Keyring.Terms LOCAL = new Keyring.Terms(Optional.empty(), true, 10, Quota.NONE, false);
    private static final Keyring.Terms OPERATED =
            new Keyring.Terms(Optional.of(Keyring.digest(CONFIGURED)), false, 10, Quota.NONE, false);

    private final MemoryKeys store = new MemoryKeys();
    private Instant now = NOW;

    @Test
    void withoutAKey_theServiceIsOpen_onlyToThisMachine() {
        assertThat(keyring(LOCAL).isOpen()).isTrue();
        assertThat(keyring(LOCAL).isUsable()).isTrue();
        assertThat(keyring(OPERATED).isOpen()).isFalse();
        assertThat(keyring(OPERATED).isUsable()).isTrue();
        Keyring reachable = keyring(new Keyring.Terms(Optional.empty(), false, 10, Quota.NONE, false));
        assertThat(reachable.isOpen()).isFalse();
        assertThat(reachable.isUsable()).isFalse();
    }

    @Test
    void issuedKey_letsItsHolderIn_byItsRole_alsoAfterARestart() {
        Keyring keyring = keyring(OPERATED);
        Keyring.Issued reader = keyring.issue(ME, wish("website", Role.READER, Optional.empty()));
        Keyring.Issued teacher = keyring.issue(ME, wish("annotators", Role.TEACHER, Optional.empty()));

        for (Keyring one : List.of(keyring, keyring(OPERATED))) {
            assertThat(one.caller(reader.secret()))
                    .contains(new Caller(reader.key().id(), Role.READER));
            assertThat(one.caller(teacher.secret()))
                    .contains(new Caller(teacher.key().id(), Role.TEACHER));
            assertThat(one.caller(CONFIGURED)).contains(Caller.CONFIGURED);
        }
    }

    @Test
    void anythingElse_letsNobodyIn() {
        Keyring keyring = keyring(OPERATED);
        String secret = keyring.issue(ME, wish("website", Role.READER, Optional.empty()))
                .secret();
        String other = keyring.issue(ME, wish("other", Role.OPERATOR, Optional.empty()))
                .secret();
        String digest = store.all().get(0).digest();
        List<String> wrong = List.of(
                "",
                " ",
                secret.substring(1),
                secret + "A",
                secret.substring(0, secret.length() - 1) + (secret.endsWith("A") ? "B" : "A"),
                secret.toUpperCase(java.util.Locale.ROOT),
                other.substring(0, 20) + secret.substring(20),
                digest,
                "0".repeat(64),
                CONFIGURED.substring(1),
                CONFIGURED + "0");
        assertThat(wrong).allSatisfy(key -> assertThat(keyring.caller(key)).isEmpty());
    }

    @Test
    void withoutAConfiguredKey_nothingMatchesItsAbsence() {
        assertThat(keyring(LOCAL).caller("\0".repeat(32))).isEmpty();
    }

    @Test
    void nothingThatIsKept_holdsTheSecret() {
        Keyring.Issued issued = keyring(OPERATED).issue(ME, wish("website", Role.READER, Optional.empty()));
        String random = issued.secret().substring(20);
        ApiKey kept = store.all().get(0);
        assertThat(kept.digest()).hasSize(64).doesNotContain(random);
        assertThat(issued.toString() + kept).doesNotContain(random, kept.digest());
    }

    @Test
    void keys_areAllDifferent() {
        Keyring keyring = keyring(new Keyring.Terms(OPERATED.operatorKey(), false, 1_000, Quota.NONE, false));
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(secrets.add(keyring.issue(ME, wish("", Role.READER, Optional.empty()))
                            .secret()))
                    .isTrue();
        }
        assertThatThrownBy(() -> keyring.issue(ME, wish("", Role.READER, Optional.empty())))
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void timesOfAKey_areTheSameBeforeAndAfterAStart() {
        now = NOW.plusNanos(1_234_567);
        ApiKey issued = keyring(OPERATED)
                .issue(ME, wish("guest", Role.READER, Optional.of(now.plusSeconds(10))))
                .key();

        assertThat(issued.createdAt()).isEqualTo(NOW.plusNanos(1_234_000));
        assertThat(issued.expiresAt()).contains(NOW.plusSeconds(10).plusNanos(1_234_000));
    }

    @Test
    void expiredKey_isNotTaken() {
        Keyring keyring = keyring(OPERATED);
        String secret = keyring.issue(ME, wish("guest", Role.READER, Optional.of(NOW.plusSeconds(10))))
                .secret();
        now = NOW.plusSeconds(9);
        assertThat(keyring.caller(secret)).isPresent();
        now = NOW.plusSeconds(10);
        assertThat(keyring.caller(secret)).isEmpty();
    }

    @Test
    void revokedKey_isNotTakenAnyMore_andItsSuccessorIs() {
        Keyring keyring = keyring(OPERATED);
        Keyring.Issued first = keyring.issue(ME, wish("website", Role.READER, Optional.empty()));
        Keyring.Issued second = keyring.issue(ME, wish("website", Role.READER, Optional.empty()));
        assertThat(keyring.caller(first.secret())).isPresent();
        keyring.revoke(first.key().id());

        assertThat(keyring.caller(first.secret())).isEmpty();
        assertThat(keyring.caller(second.secret())).isPresent();
        assertThatThrownBy(() -> keyring.revoke(first.key().id())).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void firstKey_hasToBeThatOfALastingOperator() {
        Keyring keyring = keyring(LOCAL);
        assertThatThrownBy(() -> keyring.issue(ME, wish("", Role.TEACHER, Optional.empty())))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> keyring.issue(ME, wish("", Role.OPERATOR, Optional.of(NOW.plusSeconds(10)))))
                .isInstanceOf(Refusal.Conflict.class);
        assertThat(keyring.isOpen()).isTrue();

        keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty()));
        assertThat(keyring.isOpen()).isFalse();
        keyring.issue(ME, wish("", Role.TEACHER, Optional.empty()));
    }

    @Test
    void firstKey_isMadeOnce_whoeverAskedWhileNoneWasNeeded() {
        Keyring keyring = keyring(LOCAL);
        keyring.issue(Caller.LOCAL, wish("", Role.OPERATOR, Optional.empty()));

        assertThatThrownBy(() -> keyring.issue(Caller.LOCAL, wish("", Role.OPERATOR, Optional.empty())))
                .isInstanceOf(Refusal.Conflict.class);
        assertThat(keyring.all()).hasSize(1);
    }

    @Test
    void lastOperator_cannotBeRevoked_soThatNobodyIsLockedOutAndTheServiceIsNeverOpenAgain() {
        Keyring keyring = keyring(LOCAL);
        String first = keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty()))
                .key()
                .id();
        keyring.issue(ME, wish("", Role.TEACHER, Optional.empty()));
        keyring.issue(ME, wish("", Role.OPERATOR, Optional.of(NOW.plusSeconds(10))));
        assertThatThrownBy(() -> keyring.revoke(first)).isInstanceOf(Refusal.Conflict.class);

        keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty()));
        keyring.revoke(first);
        assertThat(keyring(LOCAL).isOpen()).isFalse();
    }

    @Test
    void whatTheStoreDoesNotTake_isNotIssued() {
        Keyring keyring = keyring(OPERATED);
        store.broken = true;
        assertThatThrownBy(() -> keyring.issue(ME, wish("", Role.READER, Optional.empty())))
                .isInstanceOf(Refusal.StoreUnavailable.class);
        assertThat(keyring.all()).isEmpty();
    }

    /** A connection may end after the store has done what it was asked for, and before it has said so. */
    @Test
    void keyThatNobodySaw_isRevoked_andOneThatMayBeRevoked_isNotTaken() {
        Keyring keyring = keyring(LOCAL);
        store.silent = true;
        assertThatThrownBy(() -> keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty())))
                .isInstanceOf(Refusal.StoreUnavailable.class);
        assertThat(store.all()).hasSize(1);
        store.silent = false;

        Keyring.Issued seen = keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty()));
        Keyring.Issued other = keyring.issue(ME, wish("", Role.OPERATOR, Optional.empty()));
        assertThat(store.all()).containsExactlyInAnyOrder(seen.key(), other.key());

        store.silent = true;
        assertThatThrownBy(() -> keyring.revoke(other.key().id())).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThat(keyring.caller(other.secret())).isEmpty();
        store.silent = false;
        assertThatThrownBy(() -> keyring.revoke(seen.key().id())).isInstanceOf(Refusal.Conflict.class);
    }

    /** Who has the provider's word for it that they are an operator can make keys. */
    @Test
    void whereTokensAreTaken_noKeyIsNeeded_andNothingIsOpen() {
        Keyring keyring = keyring(new Keyring.Terms(Optional.empty(), true, 10, Quota.NONE, true));
        assertThat(keyring.isOpen()).isFalse();
        assertThat(keyring.isUsable()).isTrue();
        Keyring.Issued first = keyring.issue(ME, wish("", Role.READER, Optional.empty()));
        keyring.revoke(first.key().id());
        assertThat(keyring.isUsable()).isTrue();
    }

    @Test
    void quota_isThatOfTheKey_elsewhereTheDefault_andNoneOfWhoRunsTheService() {
        Quota usual = new Quota(Optional.of(60), Optional.of(1_000));
        Keyring keyring = keyring(new Keyring.Terms(OPERATED.operatorKey(), false, 10, usual, false));
        Keyring.Issued plain = keyring.issue(ME, wish("", Role.READER, Optional.empty()));
        Keyring.Issued bound = keyring.issue(
                ME, new Keyring.Wish("", Role.READER, Optional.empty(), new Quota(Optional.of(5), Optional.empty())));

        for (Keyring one :
                List.of(keyring, keyring(new Keyring.Terms(OPERATED.operatorKey(), false, 10, usual, false)))) {
            assertThat(one.quota(caller(one, plain))).isEqualTo(usual);
            assertThat(one.quota(caller(one, bound))).isEqualTo(new Quota(Optional.of(5), Optional.of(1_000)));
            assertThat(one.quota(new Caller("oidc_0", Role.READER))).isEqualTo(usual);
            assertThat(one.quota(Caller.CONFIGURED)).isEqualTo(Quota.NONE);
            assertThat(one.quota(Caller.LOCAL)).isEqualTo(Quota.NONE);
        }
    }

    @Test
    void quota_canBeChanged_andIsFollowed() {
        Keyring keyring = keyring(OPERATED);
        Keyring other = keyring(OPERATED);
        Keyring.Issued issued = keyring.issue(ME, wish("", Role.READER, Optional.empty()));
        Quota changed = new Quota(Optional.of(5), Optional.of(6));

        assertThat(keyring.bound(issued.key().id(), changed).quota()).isEqualTo(changed);
        assertThat(keyring.quota(caller(keyring, issued))).isEqualTo(changed);
        other.follow();
        assertThat(other.quota(caller(other, issued))).isEqualTo(changed);
        assertThatThrownBy(() -> keyring.bound("key_none", changed)).isInstanceOf(Refusal.NotFound.class);
    }

    private static Caller caller(Keyring keyring, Keyring.Issued issued) {
        return keyring.caller(issued.secret()).orElseThrow();
    }

    private static Keyring.Wish wish(String name, Role role, Optional<Instant> expiresAt) {
        return new Keyring.Wish(name, role, expiresAt, Quota.NONE);
    }

    private Keyring keyring(Keyring.Terms terms) {
        return new Keyring(store, terms, () -> now, new Random(7));
    }

    private static final class MemoryKeys implements ApiKeyStore {
        private final List<ApiKey> keys = new ArrayList<>();
        private boolean issued;
        private boolean broken;
        private boolean silent;

        @Override
        public List<ApiKey> all() {
            return List.copyOf(keys);
        }

        @Override
        public boolean hasIssued() {
            return issued;
        }

        @Override
        public void add(ApiKey key) {
            if (broken) {
                throw new Refusal.StoreUnavailable("broken", 1);
            }
            issued = true;
            keys.add(key);
            sayNothing();
        }

        @Override
        public boolean bound(String id, Quota quota) {
            boolean there = keys.stream().anyMatch(key -> key.id().equals(id));
            keys.replaceAll(key -> key.id().equals(id) ? key.with(quota) : key);
            sayNothing();
            return there;
        }

        @Override
        public boolean revoke(String id) {
            boolean removed = keys.removeIf(key -> key.id().equals(id));
            sayNothing();
            return removed;
        }

        private void sayNothing() {
            if (silent) {
                throw new Refusal.StoreUnavailable("silent", 1);
            }
        }
    }
}
