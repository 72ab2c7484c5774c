// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/** Tells what an encoder reads of a passage. Safe for concurrent use, until it is closed. */
public interface Tokenizer extends AutoCloseable {
    /** The tokens, at most as many as the tokenizer was opened for. */
    TokenSequence tokens(Passage passage);

    @Override
    void close();
}
