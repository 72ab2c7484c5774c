// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.cohere;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.InputBody;
import dev.perennial.api.LabelledTexts;
import dev.perennial.api.Limits;
import dev.perennial.api.PredictionView;
import dev.perennial.api.RequestIds;
import dev.perennial.api.Serving;
import dev.perennial.api.TaskAnswers;
import dev.perennial.api.TextNodes;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.facade.AskedTask;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Classifies as Cohere does: by examples that the request brings, which are learnt, answered by and let go; without
 * any, by the task that {@code model} names, in the place of a fine-tuned model. Thread-safe.
 */
@Singleton
public final class CohereClassification {
    private final Limits limits;
    private final TaskAnswers answers;
    private final RequestIds ids;

    public CohereClassification(Limits limits, TaskAnswers answers, RequestIds ids) {
        this.limits = limits;
        this.answers = answers;
        this.ids = ids;
    }

    /** Members of a request. */
    public record Sent(
            @Nullable JsonNode inputs,
            @Nullable List<LabelledTexts.@Nullable Row> examples,
            @Nullable String model,
            @Nullable String preset,
            @Nullable String truncate) {}

    /**
     * A request that was read.
     *
     * @param task who is asked; empty where the examples answer
     * @param brought what is learnt where no task is asked
     */
    public record Question(
            Optional<TaskId> task, Task brought, List<Teaching> teachings, List<String> inputs, boolean whole) {
        public Question {
            teachings = List.copyOf(teachings);
            inputs = List.copyOf(inputs);
        }
    }

    /** Answers. */
    @Schema(name = "CohereClassifications")
    public record Answers(String id, List<Classification> classifications, Meta meta) {}

    /**
     * One answer.
     *
     * @param prediction the most probable label; missing where several may apply
     * @param predictions the labels that apply
     * @param confidences their probabilities
     * @param labels the probability of every label
     * @param classificationType {@code single-label} or {@code multi-label}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "CohereClassification")
    public record Classification(
            String id,
            String input,
            @Nullable String prediction,
            List<String> predictions,
            @Nullable Double confidence,
            List<Double> confidences,
            Map<String, Confidence> labels,
            String classificationType) {}

    @Schema(name = "CohereConfidence")
    public record Confidence(double confidence) {}

    @Schema(name = "CohereMeta")
    public record Meta(ApiVersion apiVersion) {
        @Schema(name = "CohereApiVersion")
        public record ApiVersion(String version) {}
    }

    public Question read(Serving serving, Sent sent) {
        if (sent.preset() != null) {
            throw new Refusal.Invalid("/preset", "is not offered; send what it stands for");
        }
        boolean whole = isWholeAskedFor(sent.truncate());
        List<String> inputs = new TextNodes(limits).strings(sent.inputs(), "/inputs");
        Task brought = answers.brought(List.of());
        List<LabelledTexts.@Nullable Row> examples = sent.examples();
        if (examples == null || examples.isEmpty()) {
            if (sent.model() == null) {
                throw new Refusal.Invalid(
                        "/examples", "is missing; send examples, or as model the id of a task that has learnt");
            }
            TaskId task = AskedTask.ofLabels(serving, sent.model(), "/model");
            return new Question(Optional.of(task), brought, List.of(), inputs, whole);
        }
        if (examples.size() > limits.requestExamples()) {
            throw new Refusal.TooLarge("request_examples", limits.requestExamples(), examples.size());
        }
        List<Teaching> teachings = new LabelledTexts(limits).read(brought, List.of(), examples, "/examples");
        return new Question(Optional.empty(), brought, teachings, inputs, whole);
    }

    /** Whether a text that cannot be read as a whole is refused. */
    private static boolean isWholeAskedFor(@Nullable String truncate) {
        if (truncate == null || truncate.equals("END")) {
            return false;
        }
        if (truncate.equals("NONE")) {
            return true;
        }
        throw new Refusal.Invalid("/truncate", "must be END or NONE; members read the beginning of a long text");
    }

    public Answers answer(Serving serving, Question question) {
        List<InputBody> asked = question.inputs().stream()
                .map(text -> new InputBody(text, null))
                .toList();
        List<PredictionView> given = AskedTask.requireTold(question.task()
                .map(task -> answers.answer(serving, task, asked).predictions())
                .orElseGet(() -> answers.answer(serving, question.brought(), question.teachings(), asked)));
        boolean several = question.task()
                .filter(task -> serving.active().of(task).task().kind() == Kind.MULTILABEL)
                .isPresent();
        List<Classification> classifications = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            if (question.whole() && given.get(i).truncated()) {
                throw new Refusal.Invalid("/inputs/" + i, "is longer than a member can read");
            }
            classifications.add(classification(question.inputs().get(i), given.get(i), several));
        }
        return new Answers(ids.next("cl_"), classifications, new Meta(new Meta.ApiVersion("1")));
    }

    private static Classification classification(String input, PredictionView given, boolean several) {
        Map<String, Confidence> labels = new LinkedHashMap<>();
        given.labels().forEach(one -> labels.put(one.label(), new Confidence(one.probability())));
        List<LabelProbability> chosen = several
                ? given.labels().stream()
                        .filter(one -> given.labelSet().contains(one.label()))
                        .toList()
                : given.labels().stream().limit(1).toList();
        boolean one = !several && !chosen.isEmpty();
        return new Classification(
                given.id(),
                input,
                one ? chosen.get(0).label() : null,
                chosen.stream().map(LabelProbability::label).toList(),
                one ? (Double) chosen.get(0).probability() : null,
                chosen.stream().map(LabelProbability::probability).toList(),
                labels,
                several ? "multi-label" : "single-label");
    }
}
