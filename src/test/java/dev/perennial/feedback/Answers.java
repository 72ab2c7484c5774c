// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Odds;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Answers, tested ones and mistakes for tests. */
public final class Answers {
    public static final Instant AT = Instant.parse("2026-02-03T04:05:06.000007Z");

    private Answers() {}

    static Input input(String text) {
        return Input.of(new Text(text));
    }

    /** "good" with 0.7, "bad" with 0.2 and the rest for two others. */
    static GivenAnswer good() {
        Odds odds = new Odds(
                List.of(new LabelProbability("good", 0.7), new LabelProbability("bad", 0.2)),
                4,
                1,
                0.49 + 0.04 + 2 * 0.05 * 0.05);
        return new GivenAnswer(
                new RevisionId(7),
                "full",
                Optional.of("good"),
                List.of("good", "bad"),
                OptionalDouble.empty(),
                OptionalDouble.of(0.7),
                odds);
    }

    static KeptPrediction kept(TaskId task, String id, String text, Instant at) {
        return new KeptPrediction(
                id,
                task,
                at,
                ContentKey.of(input(text)),
                good(),
                Optional.of(ByteVector.of("reader", new float[] {text.length(), -1, 0.5f, 3})),
                Optional.empty());
    }

    static KeptPrediction withText(KeptPrediction kept, String text) {
        return new KeptPrediction(
                kept.id(), kept.task(), kept.at(), kept.key(), kept.given(), kept.vector(), Optional.of(input(text)));
    }

    static TestedAnswer tested(TaskId task, String predictionId, boolean right) {
        return new TestedAnswer(
                task,
                AT,
                new RevisionId(7),
                "full",
                predictionId.isEmpty() ? Optional.empty() : Optional.of(predictionId),
                new Scores(
                        right,
                        false,
                        OptionalDouble.of(0.7),
                        OptionalDouble.of(right ? 0.7 : 0.2),
                        OptionalDouble.of(0.125),
                        OptionalDouble.of(0.25),
                        OptionalDouble.empty()));
    }

    static Mistake mistake(TaskId task, String exampleId, String text) {
        return new Mistake(
                "",
                task,
                AT,
                new Mistake.Said(
                        Optional.of(new Answer.OneLabel("good")),
                        new Answer.OneLabel("bad"),
                        OptionalDouble.of(0.7),
                        new RevisionId(7),
                        "full",
                        Optional.of("pr_0000000000000001")),
                exampleId,
                ContentKey.of(input(text)),
                Optional.of(ByteVector.of("reader", new float[] {text.length(), 1})));
    }
}
