// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The encoders that are ready to serve, cheapest first, and the pool that runs them.
 *
 * <p>The list is replaced as a whole; who reads it keeps a consistent one. Safe for concurrent use.
 */
public final class Encoders {
    private final EncoderPool pool;
    private final AtomicReference<List<Encoder>> ready;

    public Encoders(EncoderPool pool, List<? extends Encoder> ready) {
        this.pool = pool;
        this.ready = new AtomicReference<>(sorted(ready));
    }

    /** The encoders that are ready now, fewest parameters first. */
    public List<Encoder> ready() {
        return ready.get();
    }

    public Optional<Encoder> find(String id) {
        return ready().stream()
                .filter(encoder -> encoder.info().id().equals(id))
                .findFirst();
    }

    /** Adds an encoder, or replaces the one of the same id. */
    public void add(Encoder encoder) {
        ready.updateAndGet(before -> sorted(java.util.stream.Stream.concat(
                        before.stream()
                                .filter(other ->
                                        !other.info().id().equals(encoder.info().id())),
                        java.util.stream.Stream.of(encoder))
                .toList()));
    }

    public EncoderPool pool() {
        return pool;
    }

    private static List<Encoder> sorted(List<? extends Encoder> encoders) {
        return encoders.stream()
                .map(Encoder.class::cast)
                .sorted(java.util.Comparator.comparingLong(
                                (Encoder encoder) -> encoder.info().parameters())
                        .thenComparing(encoder -> encoder.info().id()))
                .toList();
    }
}
