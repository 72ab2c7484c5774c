// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The encoders that are ready to serve, cheapest first, and the pool that runs them.
 *
 * <p>The list is replaced as a whole; who reads it keeps a consistent one. Safe for concurrent use.
 */
public final class Encoders {
    private static final int RETRY_AFTER_SECONDS = 10;

    private final EncoderPool pool;
    private volatile List<Encoder> ready;

    public Encoders(EncoderPool pool, List<? extends Encoder> ready) {
        this.pool = pool;
        this.ready = sorted(ready);
    }

    /**
     * The encoders that are ready now: static ones first, which cost the same, by id; then others, those with the
     * fewest parameters first.
     */
    public List<Encoder> ready() {
        return ready;
    }

    /**
     * The same, for what cannot do without any.
     *
     * @throws Refusal.NotReady when there is none; the detail says what to do
     */
    public List<Encoder> some() {
        List<Encoder> some = ready;
        if (some.isEmpty()) {
            throw new Refusal.NotReady(
                    "No encoder is ready. Register one with POST /v1/members, or start the service with some of those"
                            + " inside: see perennial.members.bundled.",
                    RETRY_AFTER_SECONDS);
        }
        return some;
    }

    /** Those of them that read words in context; all where none does. */
    public List<Encoder> contextual() {
        List<Encoder> all = ready;
        List<Encoder> contextual = all.stream()
                .filter(encoder -> encoder.info().reading() == EncoderInfo.Reading.CONTEXTUAL)
                .toList();
        return contextual.isEmpty() ? all : contextual;
    }

    public Optional<Encoder> find(String id) {
        return ready().stream()
                .filter(encoder -> encoder.info().id().equals(id))
                .findFirst();
    }

    /** Adds an encoder, or replaces the one of the same id. */
    public synchronized void add(Encoder encoder) {
        ready = with(encoder);
    }

    /** Those that would be ready with an encoder, in the place of the one of its id if there is one. */
    public List<Encoder> with(Encoder encoder) {
        List<Encoder> next = new ArrayList<>(ready);
        next.removeIf(other -> other.info().id().equals(encoder.info().id()));
        next.add(encoder);
        return sorted(next);
    }

    /** Removes the encoder of this id, if there is one; who holds it goes on with it. */
    public synchronized Optional<Encoder> remove(String id) {
        Optional<Encoder> removed = find(id);
        List<Encoder> next = new ArrayList<>(ready);
        removed.ifPresent(next::remove);
        ready = sorted(next);
        return removed;
    }

    /** These encoders, each rounded to bytes where there is a choice; equal to the given ones where there is none. */
    public static List<Encoder> rounded(List<Encoder> encoders) {
        return encoders.stream()
                .map(encoder -> encoder.rounded().orElse(encoder))
                .toList();
    }

    public EncoderPool pool() {
        return pool;
    }

    /** A lookup takes as long in a large table as in a small one. */
    private static long cost(Encoder encoder) {
        return encoder.info().reading() == EncoderInfo.Reading.STATIC
                ? 0
                : encoder.info().parameters();
    }

    private static List<Encoder> sorted(List<? extends Encoder> encoders) {
        return encoders.stream()
                .map(Encoder.class::cast)
                .sorted(Comparator.comparing((Encoder encoder) -> encoder.info().reading())
                        .thenComparingLong(Encoders::cost)
                        .thenComparing(encoder -> encoder.info().id()))
                .toList();
    }
}
