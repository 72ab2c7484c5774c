// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import dev.perennial.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys that clients are let in by. A key is {@code pk_}, 16 hexadecimal digits that name it, {@code _} and 256
 * random bits in base64url; of these only the SHA-256 is kept, so that nothing that can be read of the service lets
 * anybody in. A fast digest is enough, because there is nothing to guess. Safe for concurrent use; asking takes no lock
 * and no database.
 */
public final class Keyring {
    private static final Pattern SHAPE = Pattern.compile("pk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}");
    private static final String ID = "key_";
    private static final int ID_BYTES = 8;
    private static final int SECRET_BYTES = 32;
    private static final byte[] NONE = new byte[SECRET_BYTES];

    private final ApiKeyStore store;
    private final Terms terms;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<String, ApiKey> byId = new ConcurrentHashMap<>();
    private volatile boolean issued;

    /** Keys that may be in the store and that nobody has seen; this and the next member are guarded by this object. */
    private final Set<String> unseen = new HashSet<>();

    private boolean doubtful;

    /**
     * How clients are let in.
     *
     * @param operatorKey SHA-256 of a key of the configuration that allows everything, if there is one
     * @param local whether only this machine can ask
     * @param most keys that there may be
     * @param quota of callers whose key says none
     * @param tokens whether others than those who have keys are let in, operators among them
     */
    public record Terms(Optional<byte[]> operatorKey, boolean local, int most, Quota quota, boolean tokens) {

        /** Whether there is somebody who can make keys without having one of those that were made. */
        private boolean hasOperator() {
            return operatorKey.isPresent() || tokens;
        }
    }

    /** A key that is wanted. */
    public record Wish(String name, Role role, Optional<Instant> expiresAt, Quota quota) {}

    /** A key that has just been made, with what nobody will see again. */
    public record Issued(ApiKey key, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Issued[" + key.id() + "]";
        }
    }

    /** @param random cannot be guessed: a {@link java.security.SecureRandom} */
    public Keyring(ApiKeyStore store, Terms terms, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.terms = terms;
        this.clock = clock;
        this.random = random;
        store.all().forEach(key -> byId.put(key.id(), key));
        this.issued = store.hasIssued();
    }

    /** Whether anybody may do anything: only this machine can ask, and there has never been a key. */
    public boolean isOpen() {
        return terms.local() && !terms.hasOperator() && !issued;
    }

    /** Whether somebody has a key that lets them make others, or needs none. */
    public boolean isUsable() {
        return isOpen() || terms.hasOperator() || hasOperator(Optional.empty());
    }

    /** Who has a key, if it is taken. Takes as long whether it begins like a real one or not. */
    public Optional<Caller> caller(String presented) {
        byte[] digest = digest(presented);
        if (MessageDigest.isEqual(digest, terms.operatorKey().orElse(NONE))) {
            return Optional.of(Caller.CONFIGURED);
        }
        Matcher shape = SHAPE.matcher(presented);
        Optional<ApiKey> key = shape.matches() ? Optional.ofNullable(byId.get(ID + shape.group(1))) : Optional.empty();
        byte[] kept = key.map(ApiKey::digest).map(HexFormat.of()::parseHex).orElse(NONE);
        boolean same = MessageDigest.isEqual(digest, kept);
        return key.filter(found -> same && found.isValid(clock.instant()))
                .map(found -> new Caller(found.id(), found.role()));
    }

    /** How much a caller may ask for. Whoever runs the service has no bounds, nor has this machine while it is open. */
    public Quota quota(Caller caller) {
        if (caller.equals(Caller.CONFIGURED) || caller.equals(Caller.LOCAL)) {
            return Quota.NONE;
        }
        return Optional.ofNullable(byId.get(caller.name()))
                .map(ApiKey::quota)
                .orElse(Quota.NONE)
                .or(terms.quota());
    }

    /** Whether somebody who was let in would still be, as far as their key says: it may have been revoked since. */
    public boolean isTaken(String caller) {
        if (caller.startsWith(ID)) {
            return Optional.ofNullable(byId.get(caller))
                    .filter(key -> key.isValid(clock.instant()))
                    .isPresent();
        }
        return !caller.equals(Caller.LOCAL.name()) || isOpen();
    }

    /** All keys that have not been revoked, in the order of their ids. */
    public List<ApiKey> all() {
        return byId.values().stream().sorted(Comparator.comparing(ApiKey::id)).toList();
    }

    /**
     * Makes a key.
     *
     * @param by who asks for it
     * @throws Refusal.TooLarge when there are too many
     * @throws Refusal.Conflict when it would be the first and is no operator's, so that nobody could make others; or
     *     when another request has made the first one meanwhile
     */
    public synchronized Issued issue(Caller by, Wish wish) {
        makeCertain();
        if (by.equals(Caller.LOCAL) && !isOpen()) {
            throw new Refusal.Conflict("The first key has just been made by another request. Send it with yours.");
        }
        if (byId.size() >= terms.most()) {
            throw new Refusal.TooLarge("api_keys", terms.most(), terms.most() + 1L);
        }
        boolean lasting = wish.role() == Role.OPERATOR && wish.expiresAt().isEmpty();
        if (!lasting && !terms.hasOperator() && !hasOperator(Optional.empty())) {
            throw new Refusal.Conflict(
                    "The first key must be of the role operator and must not expire: whoever has it makes"
                            + " the others.");
        }
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        String number = HexFormat.of().formatHex(id);
        String presented =
                "pk_" + number + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        // As the store keeps times, so that a key is shown the same before and after a start.
        ApiKey key = new ApiKey(
                ID + number,
                wish.name(),
                wish.role(),
                HexFormat.of().formatHex(digest(presented)),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                wish.expiresAt().map(time -> time.truncatedTo(ChronoUnit.MICROS)),
                wish.quota());
        try {
            store.add(key);
        } catch (RuntimeException uncertain) {
            unseen.add(key.id());
            throw uncertain;
        }
        byId.put(key.id(), key);
        issued = true;
        return new Issued(key, presented);
    }

    /**
     * Gives a key another quota, from now on.
     *
     * @throws Refusal.NotFound when there is no such key
     */
    public synchronized ApiKey bound(String id, Quota quota) {
        makeCertain();
        try {
            if (!store.bound(id, quota)) {
                throw new Refusal.NotFound("key", id);
            }
        } catch (Refusal.StoreUnavailable uncertain) {
            doubtful = true;
            throw uncertain;
        }
        return Optional.ofNullable(byId.computeIfPresent(id, (name, key) -> key.with(quota)))
                .orElseThrow(() -> new Refusal.NotFound("key", id));
    }

    /**
     * Takes a key no more, from now on.
     *
     * @throws Refusal.NotFound when there is no such key
     * @throws Refusal.Conflict when nobody could make others then
     */
    public synchronized void revoke(String id) {
        makeCertain();
        if (!byId.containsKey(id)) {
            throw new Refusal.NotFound("key", id);
        }
        if (!terms.hasOperator() && !hasOperator(Optional.of(id))) {
            throw new Refusal.Conflict("This is the last key by which others can be made. Make another one of the role"
                    + " operator that does not expire, then revoke this one with it.");
        }
        // Taken no more even if the store should fail after it has revoked it.
        byId.remove(id);
        try {
            store.revoke(id);
        } catch (RuntimeException uncertain) {
            doubtful = true;
            throw uncertain;
        }
    }

    /** Lets those in whom the store lets in now, after another process may have changed it. */
    public synchronized void follow() {
        doubtful = true;
        makeCertain();
    }

    /** What the store said last may not be what it holds: a connection can end while it answers. */
    private void makeCertain() {
        for (String id : List.copyOf(unseen)) {
            boolean unused = store.revoke(id);
            unseen.remove(id);
            doubtful = true;
        }
        if (doubtful) {
            Map<String, ApiKey> kept = store.all().stream().collect(Collectors.toMap(ApiKey::id, key -> key));
            // Who has a key that stays is let in at every moment of this.
            byId.keySet().retainAll(kept.keySet());
            byId.putAll(kept);
            issued = store.hasIssued();
            doubtful = false;
        }
    }

    /** SHA-256 of a key's UTF-8 bytes. */
    public static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private boolean hasOperator(Optional<String> but) {
        return byId.values().stream()
                .filter(key -> but.filter(key.id()::equals).isEmpty())
                .anyMatch(key -> key.role() == Role.OPERATOR && key.expiresAt().isEmpty());
    }
}
