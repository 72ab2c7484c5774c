// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import dev.perennial.encode.TokenSequence;
import java.util.List;

/**
 * What one step learns from.
 *
 * @param texts that run together
 * @param loss of their embeddings, in the same order
 */
record Exercise(List<TokenSequence> texts, Loss loss) {
    Exercise {
        texts = List.copyOf(texts);
    }
}
