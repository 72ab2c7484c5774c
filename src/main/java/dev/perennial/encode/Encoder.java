// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A frozen model that maps a text, or a pair of texts read together, to an embedding of unit length.
 *
 * <p>Contract (see {@code EncoderContract} in the tests): an embedding depends on nothing but its own passage and the
 * encoder's digest, in particular not on the other passages of the call (within 1e-6); components are finite; safe for
 * concurrent use. {@link #close()} waits until the last running call has returned; calls after that throw
 * {@link IllegalStateException}.
 */
public interface Encoder extends AutoCloseable {

    /** What this encoder is. Never changes. */
    EncoderInfo info();

    /** Embeds passages in the order given. Blocks while it computes. */
    List<Embedding> encode(List<Passage> passages);

    /**
     * The same encoder rounded to bytes, under the same id and a digest of its own, where each task chooses between the
     * two. Whatever does not ask for it gets single precision. Closed together with this one.
     */
    default Optional<Encoder> rounded() {
        return Optional.empty();
    }

    /**
     * The encoder whose runs read this one's texts: itself, unless it is that one with corrections. What waits for
     * encoders of one host runs together.
     */
    default Encoder host() {
        return this;
    }

    /**
     * Embeds passages in the order given, each as another encoder reads it. Blocks while it computes.
     *
     * @param readers of the passages, each with this one as its {@link #host}
     */
    default List<Embedding> encode(List<Passage> passages, List<Encoder> readers) {
        return IntStream.range(0, passages.size())
                .mapToObj(i -> readers.get(i).encode(List.of(passages.get(i))).get(0))
                .toList();
    }

    @Override
    void close();
}
