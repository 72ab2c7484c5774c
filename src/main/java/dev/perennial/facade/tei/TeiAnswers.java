// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import dev.perennial.api.InputBody;
import dev.perennial.api.Limits;
import dev.perennial.api.PredictionView;
import dev.perennial.api.Relevance;
import dev.perennial.api.Replies;
import dev.perennial.api.Serving;
import dev.perennial.api.Shortening;
import dev.perennial.api.TaskAnswers;
import dev.perennial.api.TextNodes;
import dev.perennial.ensemble.TextVectors;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.facade.AskedTask;
import dev.perennial.facade.FacadeSettings;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers text-embeddings-inference's clients, who name no model: the configuration does. Thread-safe. */
@Singleton
public final class TeiAnswers {
    private static final int BAD_REQUEST = 400;

    private final Limits limits;
    private final Replies replies;
    private final TaskAnswers tasks;
    private final FacadeSettings settings;

    public TeiAnswers(Limits limits, Replies replies, TaskAnswers tasks, FacadeSettings settings) {
        this.limits = limits;
        this.replies = replies;
        this.tasks = tasks;
        this.settings = settings;
    }

    /** What the protocol answers to an array with nothing in it. */
    Response nothingIn(String member) {
        return replies.of(
                        BAD_REQUEST, new TeiDialect.Failure("`" + member + "` cannot be empty", TeiDialect.Sort.EMPTY))
                .build();
    }

    /** @throws Refusal.NotFound when the model of the configuration is not ready */
    VectorModel model(Serving serving) {
        return serving.vectors().model(settings.teiModel());
    }

    /** A request for vectors that was read. */
    record Wanted(
            VectorModel model,
            List<String> texts,
            Shortening shortening,
            @Nullable Boolean truncate) {}

    Wanted embedding(Serving serving, TeiBodies.Embed request) {
        TeiRequests.requireRight(request.truncationDirection(), "/truncation_direction");
        TeiRequests.requireNoPrompt(request.promptName(), "/prompt_name");
        if (Boolean.FALSE.equals(request.normalize())) {
            throw new Refusal.Invalid("/normalize", "must be true; vectors are of unit length");
        }
        VectorModel model = model(serving);
        return new Wanted(
                model,
                new TextNodes(limits).strings(request.inputs(), "/inputs"),
                Shortening.of(request.dimensions(), model.dimension()),
                request.truncate());
    }

    List<float[]> vectors(Serving serving, Wanted embedding) {
        TextVectors found = serving.vectors().vectors(embedding.model(), embedding.texts());
        for (int i = 0; i < found.truncated().size(); i++) {
            TeiRequests.requireWhole(embedding.truncate(), found.truncated().get(i), "/inputs/" + i);
        }
        return found.vectors().stream().map(embedding.shortening()::of).toList();
    }

    /** A request to a task that was read. */
    record Question(
            TaskId task,
            List<InputBody> inputs,
            boolean batch,
            @Nullable Boolean truncate) {}

    Question question(Serving serving, @Nullable String task, TeiBodies.Predict request) {
        TeiRequests.requireRight(request.truncationDirection(), "/truncation_direction");
        if (Boolean.TRUE.equals(request.rawScores())) {
            throw new Refusal.Invalid("/raw_scores", "must be false; there are only probabilities");
        }
        TaskId id = AskedTask.named(
                Optional.ofNullable(task)
                        .or(settings::teiTask)
                        .orElseThrow(() -> new Refusal.Invalid(
                                "", "No task is set to be asked; add ?task= to the path, or set perennial.tei.task.")),
                "/task");
        if (serving.active().of(id).task().kind() == Kind.REGRESSION) {
            throw new Refusal.Invalid("", "The task that is asked gives scores and no labels.");
        }
        TeiRequests.Questions questions = new TeiRequests(limits).questions(request.inputs());
        return new Question(id, questions.inputs(), questions.batch(), request.truncate());
    }

    Object predictions(Serving serving, Question question) {
        List<PredictionView> given = AskedTask.requireTold(
                tasks.answer(serving, question.task(), question.inputs()).predictions());
        List<List<TeiBodies.Prediction>> all = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            TeiRequests.requireWhole(question.truncate(), given.get(i).truncated(), "/inputs/" + i);
            all.add(given.get(i).labels().stream()
                    .map(one -> new TeiBodies.Prediction(one.probability(), one.label()))
                    .toList());
        }
        return question.batch() ? all : all.get(0);
    }

    List<String> queryAndTexts(TeiBodies.Rerank request) {
        TeiRequests.requireRight(request.truncationDirection(), "/truncation_direction");
        return new TeiRequests(limits).oneAndOthers(request.query(), "/query", request.texts(), "/texts");
    }

    List<Relevance> relevance(Serving serving, List<String> texts) {
        return Relevance.of(serving, model(serving), texts);
    }

    List<String> sourceAndSentences(TeiBodies.Similarity request) {
        TeiBodies.Parameters parameters = request.parameters();
        if (parameters != null) {
            TeiRequests.requireRight(parameters.truncationDirection(), "/parameters/truncation_direction");
            TeiRequests.requireNoPrompt(parameters.promptName(), "/parameters/prompt_name");
        }
        TeiBodies.Sentences inputs = request.inputs();
        if (inputs == null) {
            throw new Refusal.Invalid("/inputs", "is missing; send source_sentence and sentences");
        }
        return new TeiRequests(limits)
                .oneAndOthers(
                        inputs.sourceSentence(), "/inputs/source_sentence", inputs.sentences(), "/inputs/sentences");
    }

    /** In the order of the sentences. */
    List<Double> scores(Serving serving, List<String> texts, @Nullable Boolean truncate) {
        List<Relevance> order = relevance(serving, texts);
        TeiRequests.requireWhole(truncate, order.stream().anyMatch(Relevance::truncated), "/inputs");
        return order.stream()
                .sorted(Comparator.comparingInt(Relevance::index))
                .map(Relevance::score)
                .toList();
    }
}
