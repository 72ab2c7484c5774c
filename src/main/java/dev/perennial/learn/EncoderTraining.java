// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.List;

/**
 * What an encoder is adapted to.
 *
 * @param strategy which of its numbers may change
 * @param examples of two labels at least
 * @param budget what it may cost
 * @param seed of everything that is drawn; the same training with the same seed gives the same bytes, unless time ends
 *     it
 */
public record EncoderTraining(
        AdaptationStrategy strategy, List<LabelledPassage> examples, TrainingBudget budget, long seed) {
    public EncoderTraining {
        examples = List.copyOf(examples);
    }
}
