// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.List;

/**
 * One input as every encoder sees it.
 *
 * <p>For a single text an encoder gives one vector; for a pair it gives three, one after the other in one array: the
 * first text, the second text, and both read together.
 *
 * @param vectors by position of the encoder in the list that was asked, empty for one that has not read the input;
 *     owned by the reader, who must not change them
 * @param truncated whether some encoder could not read the whole input
 */
public record Encoded(List<float[]> vectors, boolean truncated) {
    public Encoded {
        vectors = List.copyOf(vectors);
    }
}
