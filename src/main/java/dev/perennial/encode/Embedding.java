// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/**
 * An encoder's vector of one passage.
 *
 * @param vector unit length; owned by the reader, who must not change it
 * @param tokens number of tokens that were read, special tokens included
 * @param truncated whether the passage was longer than the encoder's window, so that its end was not read
 */
@SuppressWarnings("ArrayRecordComponent")
public record Embedding(float[] vector, int tokens, boolean truncated) {}
