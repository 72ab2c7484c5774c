// SPDX-License-Identifier: Apache-2.0
package dev.perennial.oidc;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The public keys by which a provider's tokens are known. They are fetched when a token needs them, by one thread, at
 * most every ten seconds, and anew every ten minutes; while the provider does not answer, those that were fetched last
 * are good for an hour. Thread-safe.
 */
final class ProviderKeys {
    static final Duration BETWEEN_FETCHES = Duration.ofSeconds(10);
    static final Duration FRESH = Duration.ofMinutes(10);
    static final Duration GOOD = Duration.ofHours(1);

    private static final Logger LOG = Logger.getLogger(ProviderKeys.class);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration LONGEST_FETCH = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER = 1_000_000;
    private static final int OK = 200;

    private final Provider provider;
    private final LongSupplier millis;
    private final HttpClient http;
    private final Executor fetching;

    private volatile Fetched fetched = Fetched.NOTHING;
    private @Nullable CompletableFuture<Void> fetch;
    private long lastFetch;
    private volatile boolean lastFailed;

    /** @param at when */
    private record Fetched(Map<String, Key> keys, long at) {
        static final Fetched NOTHING = new Fetched(Map.of(), 0);
    }

    /**
     * A public key.
     *
     * @param algorithm the only one that it is for, if it says one
     */
    record Key(PublicKey key, Optional<String> algorithm) {}

    /**
     * @param millis a clock that never goes back
     * @param fetching runs one thing after another, beside requests
     */
    ProviderKeys(Provider provider, LongSupplier millis, Executor fetching) {
        this.provider = provider;
        this.millis = millis;
        this.fetching = fetching;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.lastFetch = millis.getAsLong() - BETWEEN_FETCHES.toMillis();
    }

    /**
     * Has the keys fetched where that could find one of this id; complete when it has been, or has taken too long.
     * Whoever waits holds no thread, since anybody can ask for an id that no key has.
     */
    CompletableFuture<Void> seek(String id) {
        Fetched known = fetched;
        if (isGood(known) && known.keys().containsKey(id)) {
            if (age(known) > FRESH.toMillis()) {
                Optional<CompletableFuture<Void>> unused = begin();
            }
            return CompletableFuture.completedFuture(null);
        }
        // What is known by then is looked at.
        return begin().map(begun -> begun.copy()
                        .orTimeout(LONGEST_FETCH.toMillis(), TimeUnit.MILLISECONDS)
                        .<Void>handle((done, failed) -> null))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /**
     * The key of an id, if the provider has one, as far as is known now.
     *
     * @throws Refusal.NotReady when the provider's keys are not known, or may be others by now
     */
    Optional<Key> find(String id) {
        Fetched now = fetched;
        boolean mayBeNew = !now.keys().containsKey(id) && (lastFailed || isFetching());
        if (!isGood(now) || mayBeNew) {
            throw new Refusal.NotReady(
                    "The identity provider does not tell its keys now, so that its tokens cannot be checked. Keys of"
                            + " this service are taken all the same.",
                    (int) BETWEEN_FETCHES.toSeconds());
        }
        return Optional.ofNullable(now.keys().get(id));
    }

    private boolean isGood(Fetched known) {
        return !known.keys().isEmpty() && age(known) <= GOOD.toMillis();
    }

    private long age(Fetched known) {
        return millis.getAsLong() - known.at();
    }

    /** Begins to fetch, unless that is being done or has just been. */
    private synchronized Optional<CompletableFuture<Void>> begin() {
        if (fetch == null && millis.getAsLong() - lastFetch >= BETWEEN_FETCHES.toMillis()) {
            fetch = CompletableFuture.runAsync(this::fetch, fetching).whenComplete((done, failure) -> end());
        }
        return Optional.ofNullable(fetch);
    }

    private synchronized boolean isFetching() {
        return fetch != null;
    }

    private synchronized void end() {
        fetch = null;
        lastFetch = millis.getAsLong();
    }

    private void fetch() {
        try {
            Map<String, Object> itself = JsonUtil.parseJson(get(provider.discovery()));
            if (!provider.issuer().equals(itself.get("issuer"))) {
                throw new IOException("the issuer has another name for itself");
            }
            Map<String, Key> keys = keys(get(Provider.safe(String.valueOf(itself.get("jwks_uri")))));
            if (keys.isEmpty()) {
                throw new IOException("the issuer has no keys with ids");
            }
            fetched = new Fetched(keys, millis.getAsLong());
            lastFailed = false;
        } catch (IOException | JoseException | IllegalArgumentException | UncheckedIOException failure) {
            lastFailed = true;
            // Its message may hold what was answered.
            LOG.warnf(
                    "The keys of the identity provider cannot be fetched: %s",
                    failure.getClass().getSimpleName());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Symmetric ones are left out: whoever can check by one can sign by it. */
    static Map<String, Key> keys(String set) throws JoseException {
        Map<String, Key> keys = new HashMap<>();
        for (JsonWebKey key : new JsonWebKeySet(set).getJsonWebKeys()) {
            boolean signs = key.getUse() == null || key.getUse().equals("sig");
            if (signs && key.getKeyId() != null && key instanceof PublicJsonWebKey asymmetric) {
                keys.put(
                        key.getKeyId(),
                        new Key(asymmetric.getPublicKey(), Optional.ofNullable(asymmetric.getAlgorithm())));
            }
        }
        return Map.copyOf(keys);
    }

    private String get(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(LONGEST_FETCH)
                .header("Accept", "application/json")
                .GET()
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            // An answer that never ends is cut.
            CompletableFuture.delayedExecutor(LONGEST_FETCH.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> close(body));
            byte[] bytes = body.readNBytes(LONGEST_ANSWER + 1);
            if (response.statusCode() != OK || bytes.length > LONGEST_ANSWER) {
                throw new IOException("the issuer answers something else");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException alreadyGone) {
            LOG.trace("closed before");
        }
    }
}
