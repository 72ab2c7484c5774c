// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.feedback.FeedbackListener;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes teachings of feedback. Thread-safe.
 *
 * <p>A task holds one correction of an input by each source: its external id is made of the input, so that the next one
 * replaces it.
 */
final class Corrections {
    /** A score that is further away than this share of the range was wrong. */
    private static final double SCORE_MAJORITY = 19;

    private static final double TOLERATED_SHARE = 0.1;

    private final Limits limits;
    private final PredictionMemory memory;

    Corrections(Limits limits, PredictionMemory memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /**
     * What a correction teaches.
     *
     * @param predictionId of the answer that it names, if it names one
     * @param answered what had been answered; empty where the task had abstained
     * @param wasWrong whether that had been wrong
     */
    record Correction(Teaching teaching, Optional<String> predictionId, Optional<Answer> answered, boolean wasWrong) {

        FeedbackListener.Given given(TaskId task) {
            return new FeedbackListener.Given(
                    task, predictionId, teaching.input(), answered, teaching.answer(), !wasWrong);
        }
    }

    /**
     * Reads feedback.
     *
     * @throws Refusal.NotFound when the answer that it names is forgotten
     * @throws Refusal.Invalid when it is not acceptable
     * @throws Refusal.TooLarge when its text or label is too long
     */
    Correction read(Serving serving, TaskId id, FeedbackBody body) {
        Task task = serving.active().of(id).task();
        Optional<PredictionMemory.Answered> answered = answered(id, body);
        Teaching plain = teaching(task, row(body, answered));
        new LabelBook(serving.labels(id), limits.labels()).admit(plain).ifPresent(flaw -> {
            throw new Refusal.Invalid("/label", flaw);
        });
        PredictionMemory.Answered before = answered.orElseGet(() -> answer(serving, id, plain.input()));
        return new Correction(
                outweighing(serving, id, plain),
                Optional.ofNullable(body.predictionId()),
                before.answer(task.kind()),
                isWrong(task, before, plain.answer()));
    }

    private Optional<PredictionMemory.Answered> answered(TaskId id, FeedbackBody body) {
        String named = body.predictionId();
        if (named == null) {
            return Optional.empty();
        }
        if (body.text() != null || body.textPair() != null) {
            throw new Refusal.Invalid("/prediction_id", "send either prediction_id or the text itself, not both");
        }
        if (!PathIds.isOpaque("pr_", named)) {
            throw new Refusal.Invalid("/prediction_id", "must be the id of a prediction, pr_...");
        }
        return Optional.of(memory.recall(named)
                .filter(answer -> answer.task().equals(Optional.of(id)))
                .orElseThrow(() -> new Refusal.NotFound("prediction", named)));
    }

    private static ExampleRow row(FeedbackBody body, Optional<PredictionMemory.Answered> answered) {
        Optional<Input> input = answered.map(PredictionMemory.Answered::input);
        return new ExampleRow(
                input.map(Input::text).map(Text::value).orElse(body.text()),
                input.flatMap(Input::textPair).map(Text::value).orElse(body.textPair()),
                body.label(),
                body.labels(),
                body.score(),
                null,
                null,
                body.source());
    }

    private Teaching teaching(Task task, ExampleRow row) {
        requireShort("text_chars", limits.textChars(), row.text());
        requireShort("text_chars", limits.textChars(), row.textPair());
        requireShort("label_name_chars", limits.labelNameChars(), row.label());
        Objects.requireNonNullElse(row.labels(), List.<String>of())
                .forEach(label -> requireShort("label_name_chars", limits.labelNameChars(), label));
        TeachingRows.Checked checked = new TeachingRows(TeachingRows.Bounds.of(limits)).check(task, row);
        if (checked instanceof TeachingRows.Checked.Rejected rejected) {
            throw new Refusal.Invalid(List.of(rejected.fault()));
        }
        return ((TeachingRows.Checked.Accepted) checked).teaching();
    }

    private static void requireShort(String limitName, int maxChars, @Nullable String value) {
        if (value != null && value.length() > maxChars) {
            throw new Refusal.TooLarge(limitName, maxChars, value.length());
        }
    }

    /**
     * The correction that outweighs all that was taught about the same input to the contrary, but the one it replaces.
     */
    private static Teaching outweighing(Serving serving, TaskId id, Teaching plain) {
        Optional<String> own =
                Optional.of(Teaching.CORRECTION + ContentKey.of(plain.input()).hex());
        double contrary = serving.store().examples(id).stream()
                .map(Example::teaching)
                .filter(taught -> taught.input().equals(plain.input()))
                .filter(taught ->
                        !taught.externalId().equals(own) || !taught.source().equals(plain.source()))
                .filter(taught -> !taught.answer().equals(plain.answer()))
                .mapToDouble(Teaching::weight)
                .sum();
        // Labels are outvoted; scores are averaged, so that a correct one needs a large majority to come through.
        double factor = plain.answer() instanceof Answer.Score ? SCORE_MAJORITY : 1;
        return new Teaching(plain.input(), plain.answer(), own, 1 + factor * contrary, plain.source());
    }

    private static PredictionMemory.Answered answer(Serving serving, TaskId id, Input input) {
        PredictionRequest request = new PredictionRequest(List.of(input), 1, Mode.FULL, false);
        Prediction prediction =
                serving.predictor().predictUnasked(id, request).predictions().get(0);
        return PredictionMemory.Answered.of(Optional.of(id), input, prediction);
    }

    private static boolean isWrong(Task task, PredictionMemory.Answered before, Answer right) {
        if (right instanceof Answer.OneLabel one) {
            return !before.label().equals(Optional.of(one.label()));
        }
        if (right instanceof Answer.Labels many) {
            return !new Answer.Labels(before.labels()).equals(many);
        }
        double width = task.scoreRange().orElseThrow().width();
        double score = ((Answer.Score) right).score();
        return before.score().isEmpty() || Math.abs(before.score().getAsDouble() - score) > TOLERATED_SHARE * width;
    }
}
