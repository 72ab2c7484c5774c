// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictions;
import dev.perennial.feedback.ByteVector;
import dev.perennial.feedback.GivenAnswer;
import dev.perennial.feedback.Scores;
import dev.perennial.feedback.Told;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes teachings of feedback. Thread-safe.
 *
 * <p>A task holds one correction of an input by each source: its external id is made of the input, so that the next one
 * replaces it.
 */
final class Corrections {
    /** Of the weight of what was taught to the contrary. */
    private static final double SCORE_MAJORITY = 19;

    private final Limits limits;

    Corrections(Limits limits) {
        this.limits = limits;
    }

    /**
     * What a correction teaches.
     *
     * @param named the answer that it names, or what is answered now
     * @param scores how good that was
     * @param vector of the input, of a wrong answer
     */
    record Correction(Task task, Teaching teaching, Named named, Scores scores, Optional<ByteVector> vector) {

        boolean wasWrong() {
            return !scores.right();
        }

        Told told(String exampleId) {
            return new Told(task, named.id(), named.given(), scores, teaching, exampleId, vector);
        }
    }

    /**
     * An answer that feedback is about.
     *
     * @param id empty where it was given only to be compared
     * @param key digest of what was asked
     * @param input what was asked, if that is known
     * @param keptAt when it was given, where the prediction log says so
     */
    record Named(
            Optional<String> id, GivenAnswer given, ContentKey key, Optional<Input> input, Optional<Instant> keptAt) {}

    /**
     * Reads feedback.
     *
     * @throws Refusal.NotFound when the answer that it names is forgotten
     * @throws Refusal.Invalid when it is not acceptable
     * @throws Refusal.TooLarge when its text or label is too long
     */
    Correction read(Serving serving, TaskId id, FeedbackBody body) {
        Task task = serving.active().of(id).task();
        Optional<Named> named = named(serving, id, body);
        Teaching plain = teaching(task, row(body, named));
        if (named.filter(answer -> !answer.key().equals(ContentKey.of(plain.input())))
                .isPresent()) {
            throw new Refusal.Invalid("/text", "is not what was asked there; send the same text, or no prediction_id");
        }
        new LabelBook(serving.labels(id), limits.labels()).admit(plain).ifPresent(flaw -> {
            throw new Refusal.Invalid("/label", flaw);
        });
        Named before = named.orElseGet(() -> answer(serving, id, plain.input()));
        Scores scores = Scores.of(task, before.given(), plain.answer(), serving.labels(id));
        return new Correction(
                task,
                outweighing(serving, id, plain),
                before,
                scores,
                scores.right() ? Optional.empty() : vector(serving, id, plain.input()));
    }

    /**
     * Has a correction be taught while nobody else changes its task, so that one of an answer is none of another task
     * that came in the place of the one that gave it.
     *
     * @throws Refusal.NotFound when the task that answered is gone
     */
    <T> T taught(Serving serving, Correction correction, Supplier<T> teaching) {
        Optional<String> named = correction.named().id();
        TaskId id = correction.task().id();
        return named.isEmpty()
                ? teaching.get()
                : serving.teacher().alone(id, () -> {
                    if (serving.memory().isFormer(id, correction.named().given())) {
                        throw new Refusal.NotFound("prediction", named.get());
                    }
                    return teaching.get();
                });
    }

    private Optional<Named> named(Serving serving, TaskId id, FeedbackBody body) {
        String named = body.predictionId();
        if (named == null) {
            return Optional.empty();
        }
        if (!PathIds.isOpaque("pr_", named)) {
            throw new Refusal.Invalid("/prediction_id", "must be the id of a prediction, pr_...");
        }
        Optional<Named> remembered = serving.memory()
                .recall(named)
                .filter(answer -> answer.task().equals(Optional.of(id)))
                .map(answer -> new Named(
                        Optional.of(named),
                        answer.given(),
                        ContentKey.of(answer.input()),
                        Optional.of(answer.input()),
                        Optional.empty()));
        return remembered
                .or(() -> serving.hindsight()
                        .log()
                        .find(named)
                        .filter(kept -> kept.task().equals(id))
                        .map(kept -> new Named(
                                Optional.of(named), kept.given(), kept.key(), kept.input(), Optional.of(kept.at()))))
                .or(() -> {
                    throw new Refusal.NotFound("prediction", named);
                });
    }

    private static ExampleRow row(FeedbackBody body, Optional<Named> named) {
        boolean sent = body.text() != null || body.textPair() != null;
        Optional<Input> input = sent ? Optional.empty() : named.flatMap(Named::input);
        if (!sent && named.isPresent() && input.isEmpty()) {
            throw new Refusal.Invalid(
                    "/text",
                    "the text of this answer was not kept: send it along (text, and for pairs text_pair) beside prediction_id");
        }
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

    private static Named answer(Serving serving, TaskId id, Input input) {
        PredictionRequest request = new PredictionRequest(List.of(input), 1, Mode.FULL, false);
        Predictions answers = serving.predictor().predictUnasked(id, request);
        GivenAnswer given =
                GivenAnswer.of(answers.revision(), answers.predictions().get(0));
        return new Named(Optional.empty(), given, ContentKey.of(input), Optional.of(input), Optional.empty());
    }

    /** By the cheapest member, which takes next to nothing. */
    private static Optional<ByteVector> vector(Serving serving, TaskId id, Input input) {
        return serving.active().of(id).members().stream()
                .findFirst()
                .map(member -> ByteVector.of(
                        member.info().digest(),
                        serving.predictor()
                                .encode(List.of(member), List.of(input))
                                .get(0)
                                .vectors()
                                .get(0)));
    }
}
