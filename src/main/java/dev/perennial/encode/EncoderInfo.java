// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/**
 * What an encoder is.
 *
 * @param reading how it reads
 * @param id name, {@code [a-z0-9][a-z0-9.-]{0,62}}
 * @param digest SHA-256 in hex over model file, tokenizer, pooling, prefix, window and precision: equal digests give
 *     equal embeddings
 * @param dimension length of its vectors
 * @param pooling how token vectors become one
 * @param prefix what is put before every text
 * @param maxTokens window: tokens beyond it are not read
 * @param executionProvider what really runs it: {@code cpu} or {@code cuda}
 * @param precision {@code fp32} or {@code int8}
 * @param parameters number of weights
 * @param bytes size of the model file, or of the numbers of its own where it is another one with corrections
 */
public record EncoderInfo(
        Reading reading,
        String id,
        String digest,
        int dimension,
        Pooling pooling,
        String prefix,
        int maxTokens,
        String executionProvider,
        String precision,
        long parameters,
        long bytes) {

    /** How an encoder reads. */
    public enum Reading {
        /** Every word by itself, by a table: so cheap that nothing is gained by doing it elsewhere or keeping it. */
        STATIC,
        /** Every word in the context of all others, by a transformer. */
        CONTEXTUAL,
        /** Only the names of entities that a graph knows: as cheap as a table. */
        KNOWLEDGE
    }

    /** How token vectors become one vector, before it is scaled to unit length. */
    public enum Pooling {
        /** Mean over all tokens. */
        MEAN,
        /** The first token. */
        CLS
    }
}
