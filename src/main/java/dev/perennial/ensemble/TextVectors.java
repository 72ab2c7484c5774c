// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import java.util.List;

/**
 * The vectors of texts.
 *
 * @param vectors one per text, of unit length
 * @param truncated one per text: whether it was longer than an encoder can read
 * @param tokens tokens read; of several encoders, the number of the one that read most
 */
public record TextVectors(List<float[]> vectors, List<Boolean> truncated, long tokens) {
    public TextVectors {
        vectors = List.copyOf(vectors);
        truncated = List.copyOf(truncated);
    }
}
