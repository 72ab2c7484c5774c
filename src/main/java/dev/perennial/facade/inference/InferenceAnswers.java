// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.perennial.api.InputBody;
import dev.perennial.api.Limits;
import dev.perennial.api.PredictBody;
import dev.perennial.api.PredictionView;
import dev.perennial.api.PredictionsView;
import dev.perennial.api.Serving;
import dev.perennial.api.TaskAnswers;
import dev.perennial.api.TextNodes;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.TextVectors;
import dev.perennial.ensemble.VectorModel;
import dev.perennial.facade.AskedTask;
import dev.perennial.facade.inference.InferenceBodies.InputTensor;
import dev.perennial.facade.inference.InferenceBodies.OutputTensor;
import dev.perennial.facade.inference.InferenceBodies.Reply;
import dev.perennial.facade.inference.InferenceBodies.Request;
import dev.perennial.facade.inference.InferenceBodies.WantedTensor;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotFoundException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Has models answer the Open Inference Protocol. Thread-safe. */
@Singleton
public final class InferenceAnswers {
    private final Limits limits;
    private final TaskAnswers tasks;

    public InferenceAnswers(Limits limits, TaskAnswers tasks) {
        this.limits = limits;
        this.tasks = tasks;
    }

    /** A request that was read. */
    record Question(InferenceModels.Named named, InferenceModels.Asked asked, List<InputBody> inputs, Request sent) {}

    Question read(InferenceModels.Named named, InferenceModels.Asked asked, Request sent) {
        InputKind kind = asked instanceof InferenceModels.Asked.OfTask task
                ? task.ensemble().task().input()
                : InputKind.TEXT;
        List<@Nullable InputTensor> tensors = Objects.requireNonNullElse(sent.inputs(), List.of());
        int wanted = kind == InputKind.TEXT ? 1 : 2;
        if (tensors.size() != wanted) {
            throw new Refusal.Invalid(
                    "/inputs",
                    wanted == 1
                            ? "must be one tensor of texts"
                            : "must be two tensors of texts, " + InferenceModels.TEXT + " and "
                                    + InferenceModels.TEXT_PAIR);
        }
        return new Question(named, asked, wanted == 1 ? singles(tensors) : pairs(tensors), sent);
    }

    private List<InputBody> singles(List<@Nullable InputTensor> tensors) {
        return texts(tensors.get(0), "/inputs/0").stream()
                .map(text -> new InputBody(text, null))
                .toList();
    }

    private List<InputBody> pairs(List<@Nullable InputTensor> tensors) {
        Map<String, List<String>> textsByName = new HashMap<>();
        for (int i = 0; i < tensors.size(); i++) {
            InputTensor tensor = tensors.get(i);
            String name = tensor == null || tensor.name() == null ? "" : tensor.name();
            textsByName.put(name, texts(tensor, "/inputs/" + i));
        }
        List<String> first = textsByName.get(InferenceModels.TEXT);
        List<String> second = textsByName.get(InferenceModels.TEXT_PAIR);
        if (first == null || second == null || first.size() != second.size()) {
            throw new Refusal.Invalid(
                    "/inputs",
                    "must be the tensors " + InferenceModels.TEXT + " and " + InferenceModels.TEXT_PAIR
                            + ", of the same shape");
        }
        List<InputBody> inputs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            inputs.add(new InputBody(first.get(i), second.get(i)));
        }
        return inputs;
    }

    private List<String> texts(@Nullable InputTensor tensor, String pointer) {
        if (tensor == null || !"BYTES".equals(tensor.datatype())) {
            throw new Refusal.Invalid(pointer + "/datatype", "must be BYTES");
        }
        JsonNode data = tensor.data();
        if (data == null || !data.isArray()) {
            throw new Refusal.Invalid(pointer + "/data", "must be an array of strings; binary data is not taken");
        }
        JsonNode flat = data.path(0).isArray() ? column(data, pointer + "/data") : data;
        List<@Nullable Long> shape = Objects.requireNonNullElse(tensor.shape(), List.of());
        Long length = shape.isEmpty() ? null : shape.get(0);
        Long width = shape.size() < 2 ? (Long) 1L : shape.get(1);
        boolean fits = length != null && length == flat.size() && width != null && width == 1 && shape.size() <= 2;
        if (!fits) {
            throw new Refusal.Invalid(pointer + "/shape", "must be [n] or [n, 1] for n strings of data");
        }
        return new TextNodes(limits).strings(flat, pointer + "/data");
    }

    private static JsonNode column(JsonNode rows, String pointer) {
        ArrayNode flat = JsonNodeFactory.instance.arrayNode();
        for (JsonNode row : rows) {
            if (!row.isArray() || row.size() != 1) {
                throw new Refusal.Invalid(pointer, "must be an array of strings, or of arrays of one string");
            }
            flat.add(row.get(0));
        }
        return flat;
    }

    Reply answer(Serving serving, Question question) {
        if (question.asked() instanceof InferenceModels.Asked.OfVectors vectors) {
            return reply(question, null, List.of(embedding(serving, vectors.model(), question)));
        }
        Ensemble ensemble = ((InferenceModels.Asked.OfTask) question.asked()).ensemble();
        TaskId id = ensemble.task().id();
        PredictionsView given = question.named().version() == null
                ? tasks.answer(serving, id, question.inputs())
                : byVersion(serving, id, question);
        List<PredictionView> told = AskedTask.requireTold(given.predictions());
        return reply(
                question,
                given.revision(),
                ensemble.task().kind() == Kind.REGRESSION ? scores(told) : labels(ensemble.labels(), told));
    }

    /** As a least revision is asked for, no candidate answers in the place of what serves. */
    private PredictionsView byVersion(Serving serving, TaskId id, Question question) {
        PredictBody body = new PredictBody(
                List.copyOf(question.inputs()),
                limits.labels(),
                null,
                null,
                question.named().version());
        PredictionsView given = tasks.answer(serving, id, body);
        if (!given.revision().equals(question.named().version())) {
            // It was served when the model was looked for, and is no longer.
            throw new NotFoundException();
        }
        return given;
    }

    private static OutputTensor embedding(Serving serving, VectorModel model, Question question) {
        List<String> texts = question.inputs().stream()
                .map(input -> Objects.requireNonNull(input.text()))
                .toList();
        TextVectors vectors = serving.vectors().vectors(model, texts);
        List<Object> data = new ArrayList<>();
        for (float[] vector : vectors.vectors()) {
            for (float component : vector) {
                data.add(component);
            }
        }
        return new OutputTensor("embedding", "FP32", List.of((long) texts.size(), (long) model.dimension()), data);
    }

    private static List<OutputTensor> scores(List<PredictionView> given) {
        return List.of(
                column("score", "FP64", given, one -> Objects.requireNonNullElse(one.score(), 0.0)),
                column("abstained", "BOOL", given, PredictionView::abstained));
    }

    /** Probabilities have the order of the labels, whatever order that of an answer is. */
    private static List<OutputTensor> labels(List<String> known, List<PredictionView> given) {
        Set<String> all = new LinkedHashSet<>(known);
        // A teaching may have added some since the model was found.
        given.stream()
                .flatMap(one -> one.labels().stream())
                .map(LabelProbability::label)
                .forEach(all::add);
        List<String> labels = List.copyOf(all);
        List<Object> probabilities = new ArrayList<>();
        List<Object> applies = new ArrayList<>();
        for (PredictionView one : given) {
            Map<String, Double> probabilityByLabel = new HashMap<>();
            one.labels().forEach(label -> probabilityByLabel.put(label.label(), label.probability()));
            Set<String> applying = new HashSet<>(one.labelSet());
            for (String label : labels) {
                probabilities.add(probabilityByLabel.getOrDefault(label, 0.0));
                applies.add(applying.contains(label));
            }
        }
        List<Long> matrix = List.of((long) given.size(), (long) labels.size());
        return List.of(
                column("label", "BYTES", given, one -> Objects.requireNonNullElse(one.label(), "")),
                column("probability", "FP64", given, one -> Objects.requireNonNullElse(one.probability(), 0.0)),
                column("abstained", "BOOL", given, PredictionView::abstained),
                new OutputTensor("labels", "BYTES", List.of((long) labels.size()), List.copyOf(labels)),
                new OutputTensor("probabilities", "FP64", matrix, probabilities),
                new OutputTensor("applies", "BOOL", matrix, applies));
    }

    private static OutputTensor column(
            String name, String datatype, List<PredictionView> given, Function<PredictionView, Object> value) {
        return new OutputTensor(
                name,
                datatype,
                List.of((long) given.size()),
                given.stream().map(value).toList());
    }

    private static Reply reply(Question question, @Nullable String version, List<OutputTensor> all) {
        List<@Nullable WantedTensor> wanted = question.sent().outputs();
        if (wanted == null || wanted.isEmpty()) {
            return new Reply(question.named().model(), version, question.sent().id(), all);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < wanted.size(); i++) {
            WantedTensor one = wanted.get(i);
            String name = one == null || one.name() == null ? "" : one.name();
            if (all.stream().noneMatch(tensor -> tensor.name().equals(name))) {
                throw new Refusal.Invalid(
                        "/outputs/" + i, "is no tensor that this model gives; its metadata lists them");
            }
            names.add(name);
        }
        List<OutputTensor> chosen =
                all.stream().filter(tensor -> names.contains(tensor.name())).toList();
        return new Reply(question.named().model(), version, question.sent().id(), chosen);
    }
}
