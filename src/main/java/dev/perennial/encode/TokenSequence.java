// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/**
 * What an encoder reads of a passage.
 *
 * @param ids numbers of the tokens in the encoder's vocabulary, with its marks of beginning and end; not copied
 * @param types for each token, which of two joined texts it belongs to; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record TokenSequence(long[] ids, long[] types) {
    public TokenSequence {
        if (ids.length == 0 || ids.length != types.length) {
            throw new IllegalArgumentException("expected a type for each of some tokens");
        }
    }

    public int length() {
        return ids.length;
    }
}
