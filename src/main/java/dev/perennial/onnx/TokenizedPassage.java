// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

/**
 * What the tokenizer made of a passage.
 *
 * @param ids vocabulary ids, special tokens included, not padded
 * @param types segment of each token: 0 or 1
 * @param truncated whether the end of the passage was cut off
 */
@SuppressWarnings("ArrayRecordComponent")
record TokenizedPassage(long[] ids, long[] types, boolean truncated) {
    int length() {
        return ids.length;
    }
}
