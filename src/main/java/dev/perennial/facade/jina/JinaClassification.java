// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.api.InputBody;
import dev.perennial.api.LabelNames;
import dev.perennial.api.Limits;
import dev.perennial.api.PredictionView;
import dev.perennial.api.Serving;
import dev.perennial.api.TaskAnswers;
import dev.perennial.api.TextNodes;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.facade.AskedTask;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Label;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Classifies as Jina does: by the task that {@code classifier_id} names, or over the labels of the request, which may
 * come in groups that are answered each by itself. Thread-safe.
 */
@Singleton
public final class JinaClassification {
    private static final int MOST_LABELS = 512;
    private static final int MOST_GROUPS = 8;
    private static final int MOST_OF_A_GROUP = 64;

    private final Limits limits;
    private final TaskAnswers answers;

    public JinaClassification(Limits limits, TaskAnswers answers) {
        this.limits = limits;
        this.answers = answers;
    }

    /** Members of a request. */
    public record Sent(
            @Nullable JsonNode input,
            @Nullable JsonNode labels,
            @Nullable String classifierId) {}

    /**
     * A request that was read.
     *
     * @param task who is asked; empty where labels are answered over
     * @param labels one group of labels without a name, or several by their names
     */
    public record Question(Optional<TaskId> task, Map<String, List<Label>> labels, List<String> inputs) {
        public Question {
            inputs = List.copyOf(inputs);
        }
    }

    /** Answers. */
    @Schema(name = "JinaClassifications")
    public record Answers(List<Classified> data, Usage usage) {}

    /**
     * One answer.
     *
     * @param prediction the most probable label; by the names of groups where there are any
     * @param score its probability; likewise
     * @param predictions all labels; likewise
     */
    @Schema(name = "JinaClassification")
    public record Classified(
            @JsonProperty("object") @Schema(examples = "\"classification\"")
            String type,

            int index,
            Object prediction,
            Object score,
            Object predictions) {}

    @Schema(name = "JinaLabel")
    public record Scored(String label, double score) {}

    /** Always 0: nothing is charged by tokens. */
    @Schema(name = "JinaUsage")
    public record Usage(long totalTokens) {}

    public Question read(Serving serving, Sent sent) {
        List<String> inputs = new TextNodes(limits).documents(sent.input(), "/input");
        if (sent.classifierId() != null && sent.labels() != null) {
            throw new Refusal.Invalid("/labels", "leave labels out, or classifier_id");
        }
        if (sent.classifierId() != null) {
            TaskId task = AskedTask.ofLabels(serving, sent.classifierId(), "/classifier_id");
            return new Question(Optional.of(task), Map.of(), inputs);
        }
        if (sent.labels() == null) {
            throw new Refusal.Invalid("/labels", "is missing; send labels, or a classifier_id");
        }
        Map<String, List<Label>> labels = labels(sent.labels());
        int asked = labels.size() * inputs.size();
        if (asked > limits.answers()) {
            throw new Refusal.TooLarge("answers", limits.answers(), asked);
        }
        return new Question(Optional.empty(), labels, inputs);
    }

    private Map<String, List<Label>> labels(JsonNode sent) {
        LabelNames names = new LabelNames(limits);
        if (!sent.isObject()) {
            return Map.of("", names.read(sent, "/labels", MOST_LABELS));
        }
        if (sent.isEmpty() || sent.size() > MOST_GROUPS) {
            throw new Refusal.Invalid("/labels", "must have from 1 to " + MOST_GROUPS + " groups");
        }
        Map<String, List<Label>> groups = new LinkedHashMap<>();
        int position = 0;
        for (Map.Entry<String, JsonNode> group : sent.properties()) {
            // Not by its name, which may be anything.
            String pointer = "/labels/" + position++;
            if (group.getKey().isBlank()) {
                throw new Refusal.Invalid(pointer, "must have a name");
            }
            groups.put(group.getKey(), names.read(group.getValue(), pointer, MOST_OF_A_GROUP));
        }
        return groups;
    }

    public Answers answer(Serving serving, Question question) {
        List<InputBody> asked = question.inputs().stream()
                .map(text -> new InputBody(text, null))
                .toList();
        if (question.task().isPresent()) {
            return one(AskedTask.requireTold(
                    answers.answer(serving, question.task().get(), asked).predictions()));
        }
        Map<String, List<PredictionView>> byGroup = new LinkedHashMap<>();
        question.labels()
                .forEach((group, labels) ->
                        byGroup.put(group, answers.answer(serving, answers.brought(labels), List.of(), asked)));
        List<PredictionView> only = byGroup.get("");
        return only == null ? several(byGroup, asked.size()) : one(only);
    }

    private static Answers one(List<PredictionView> given) {
        List<Classified> data = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            List<Scored> labels = scored(given.get(i));
            data.add(new Classified(
                    "classification", i, labels.get(0).label(), labels.get(0).score(), labels));
        }
        return new Answers(data, new Usage(0));
    }

    private static Answers several(Map<String, List<PredictionView>> byGroup, int inputs) {
        List<Classified> data = new ArrayList<>();
        for (int i = 0; i < inputs; i++) {
            Map<String, String> best = new LinkedHashMap<>();
            Map<String, Double> scores = new LinkedHashMap<>();
            Map<String, List<Scored>> all = new LinkedHashMap<>();
            for (Map.Entry<String, List<PredictionView>> group : byGroup.entrySet()) {
                List<Scored> labels = scored(group.getValue().get(i));
                best.put(group.getKey(), labels.get(0).label());
                scores.put(group.getKey(), labels.get(0).score());
                all.put(group.getKey(), labels);
            }
            data.add(new Classified("classification", i, best, scores, all));
        }
        return new Answers(data, new Usage(0));
    }

    private static List<Scored> scored(PredictionView given) {
        if (given.labels().isEmpty()) {
            throw new Refusal.Conflict("This task has no label yet; teach it with POST /v1/train.");
        }
        return given.labels().stream().map(JinaClassification::scored).toList();
    }

    private static Scored scored(LabelProbability one) {
        return new Scored(one.label(), one.probability());
    }
}
