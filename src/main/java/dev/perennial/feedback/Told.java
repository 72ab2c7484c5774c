// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.ContentKey;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.util.Optional;

/**
 * What feedback told of an answer.
 *
 * @param task whose answer
 * @param predictionId of the answer; empty where the input itself was sent
 * @param given the answer
 * @param scores how good it was
 * @param taught what was taught, the right answer
 * @param exampleId of that
 * @param vector of the input, of a wrong answer
 */
public record Told(
        Task task,
        Optional<String> predictionId,
        GivenAnswer given,
        Scores scores,
        Teaching taught,
        String exampleId,
        Optional<ByteVector> vector) {

    TestedAnswer tested(Instant at) {
        return new TestedAnswer(task.id(), at, given.revision(), given.stage(), predictionId, scores);
    }

    FeedbackStore.Truth truth(Instant at) {
        return new FeedbackStore.Truth(task.id(), ContentKey.of(taught.input()), taught.answer(), exampleId, at);
    }

    /** Empty when the answer was right. Its id is given when it is kept. */
    Optional<Mistake> mistake(Instant at) {
        if (scores.right()) {
            return Optional.empty();
        }
        Mistake.Said said = new Mistake.Said(
                given.answer(task.kind()),
                taught.answer(),
                given.probability(),
                given.revision(),
                given.stage(),
                predictionId);
        return Optional.of(new Mistake("", task.id(), at, said, exampleId, ContentKey.of(taught.input()), vector));
    }

    /**
     * What listeners are told.
     *
     * @param keptAt see {@link FeedbackListener.Given}
     */
    public FeedbackListener.Given toListeners(Optional<Instant> keptAt) {
        return new FeedbackListener.Given(
                task.id(),
                predictionId,
                taught.input(),
                given.answer(task.kind()),
                taught.answer(),
                scores.right(),
                keptAt);
    }
}
