// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Passage;
import java.util.List;
import java.util.Optional;

/**
 * What an encoder is adapted to.
 *
 * @param strategy which of its numbers may change
 * @param objective what for
 * @param examples of two labels at least
 * @param unlabelled texts that {@link AdaptationObjective#SELF_CONTRAST} learns from besides
 * @param budget what it may cost
 * @param seed of everything that is drawn; the same training with the same seed gives the same bytes, unless time ends
 *     it
 * @param continuation the adapter that goes on learning; empty to begin with the encoder as it ships
 * @param job for which what is trained is kept until it ends ({@link EncoderTrainer#end}), so that the same training
 *     goes on where it was; empty where nothing is kept
 */
public record EncoderTraining(
        AdaptationStrategy strategy,
        AdaptationObjective objective,
        List<LabelledPassage> examples,
        List<Passage> unlabelled,
        TrainingBudget budget,
        long seed,
        Optional<Continuation> continuation,
        Optional<TrainingJob> job) {
    public EncoderTraining {
        examples = List.copyOf(examples);
        unlabelled = List.copyOf(unlabelled);
    }

    /** One that begins with the encoder as it ships. */
    public EncoderTraining(
            AdaptationStrategy strategy,
            AdaptationObjective objective,
            List<LabelledPassage> examples,
            TrainingBudget budget,
            long seed) {
        this(strategy, objective, examples, List.of(), budget, seed, Optional.empty(), Optional.empty());
    }

    /** The same, for a job. */
    public EncoderTraining keptFor(TrainingJob whose) {
        return new EncoderTraining(
                strategy, objective, examples, unlabelled, budget, seed, continuation, Optional.of(whose));
    }

    /** The same, going on from an adapter of the same strategy. */
    public EncoderTraining from(Continuation adapter) {
        return new EncoderTraining(strategy, objective, examples, unlabelled, budget, seed, Optional.of(adapter), job);
    }

    /** The same, with texts besides that have no label. */
    public EncoderTraining with(List<Passage> texts) {
        return new EncoderTraining(strategy, objective, examples, texts, budget, seed, continuation, job);
    }
}
