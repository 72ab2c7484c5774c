// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.TaskStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request with an Idempotency-Key once, and its repetitions with the reply that was kept. Thread-safe.
 *
 * <p>Whoever does the work keeps the reply, in the transaction of the work itself.
 */
public final class IdempotentRequests {
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7E]+");

    private static final int RETRY_AFTER_SECONDS = 1;

    private final Limits limits;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    public IdempotentRequests(Limits limits) {
        this.limits = limits;
    }

    /**
     * A request as it came.
     *
     * @param key value of the Idempotency-Key header
     * @param route method and path
     * @param body its bytes
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Call(@Nullable String key, String route, byte[] body) {}

    /** A reply, and whether it is a repetition. */
    public record Outcome(Idempotency.Reply reply, boolean replayed) {}

    /** A request that is being worked on. Each tenant has a store of its own, which is the same object for all. */
    private record Running(TaskStore store, String key) {}

    /**
     * Does the work, or repeats the reply to it.
     *
     * @param work does it and, when it is given an idempotency, keeps the reply under it
     * @throws Refusal.InProgress when the same key is being worked on
     * @throws Refusal.IdempotencyMismatch when the key came with another request before
     */
    public Outcome once(TaskStore store, Call call, Function<Optional<Idempotency>, Idempotency.Reply> work) {
        if (call.key() == null) {
            return new Outcome(work.apply(Optional.empty()), false);
        }
        Idempotency idempotency = new Idempotency(call.route() + " " + checked(call.key()), digest(call.body()));
        Running begun = new Running(store, idempotency.key());
        if (!running.add(begun)) {
            throw new Refusal.InProgress(
                    "A request with this Idempotency-Key is being worked on; send it again to get its answer.",
                    RETRY_AFTER_SECONDS);
        }
        try {
            Optional<Idempotency.Entry> kept = store.reply(idempotency.key());
            if (kept.isEmpty()) {
                return new Outcome(work.apply(Optional.of(idempotency)), false);
            }
            if (!kept.get().request().requestDigest().equals(idempotency.requestDigest())) {
                throw new Refusal.IdempotencyMismatch();
            }
            return new Outcome(kept.get().reply(), true);
        } finally {
            running.remove(begun);
        }
    }

    private String checked(String key) {
        if (key.length() > limits.idempotencyKeyChars()) {
            throw new Refusal.TooLarge("idempotency_key_chars", limits.idempotencyKeyChars(), key.length());
        }
        if (!PRINTABLE.matcher(key).matches()) {
            throw new Refusal.Invalid("", "Idempotency-Key must be printable ASCII without spaces, and not empty");
        }
        return key;
    }

    private static String digest(byte[] body) {
        return HexFormat.of().formatHex(sha256().digest(body));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
