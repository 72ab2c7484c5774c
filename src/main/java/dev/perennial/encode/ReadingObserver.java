// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.List;

/**
 * Port: told of what encoders have read in order to answer questions, and of nothing that was taught. Implementations
 * are thread-safe and quick.
 */
@FunctionalInterface
public interface ReadingObserver {
    /** Ignores everything. */
    ReadingObserver NONE = (encoder, passages, embeddings) -> {};

    /**
     * An encoder has read passages.
     *
     * @param embeddings one for each passage, in order
     */
    void read(Encoder encoder, List<Passage> passages, List<Embedding> embeddings);
}
