// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.InputEncoding;
import dev.perennial.encode.Passage;
import dev.perennial.refusal.Fault;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The walk of a prediction: the active ensemble names the members, the encoders give their vectors, the ensemble
 * answers. Nothing on it touches the store. Safe for concurrent use.
 */
public final class Predictor {
    private final ActiveEnsembles active;
    private final Encoders encoders;
    private final PredictionObserver observer;

    public Predictor(ActiveEnsembles active, Encoders encoders) {
        this(active, encoders, PredictionObserver.NONE);
    }

    /** @param observer told how long each request took */
    public Predictor(ActiveEnsembles active, Encoders encoders, PredictionObserver observer) {
        this.active = active;
        this.encoders = encoders;
        this.observer = observer;
    }

    /**
     * Answers the inputs by the task's serving ensemble.
     *
     * @throws Refusal.NotFound when there is no such task
     * @throws Refusal.Invalid when an input is not of the kind that the task asks about
     * @throws Refusal.Saturated when the encoders have too much to do
     */
    public Predictions predict(TaskId id, PredictionRequest request) {
        return predict(active.of(id), request);
    }

    /** Answers the inputs by an ensemble that need not be a serving one. */
    public Predictions predict(Ensemble ensemble, PredictionRequest request) {
        return predict(List.of(ensemble), request).get(0);
    }

    /**
     * Answers the inputs by each ensemble, in their order. Those with the same members share one encoding.
     *
     * @throws Refusal.Invalid when an input is not of the kind that a task asks about
     * @throws Refusal.Saturated when the encoders have too much to do
     */
    public List<Predictions> predict(List<Ensemble> ensembles, PredictionRequest request) {
        ensembles.forEach(ensemble -> requireKind(ensemble.task(), request.inputs()));
        long began = System.nanoTime();
        Map<List<Encoder>, List<Encoded>> encodedByMembers = new HashMap<>();
        for (Ensemble ensemble : ensembles) {
            encodedByMembers.computeIfAbsent(
                    ensemble.members(request.mode()), members -> encode(members, request.inputs()));
        }
        long embedded = System.nanoTime();
        List<Predictions> answers = ensembles.stream()
                .map(ensemble -> answered(
                        ensemble,
                        request,
                        Objects.requireNonNull(encodedByMembers.get(ensemble.members(request.mode())))))
                .toList();
        observer.answered(embedded - began, System.nanoTime() - embedded);
        return answers;
    }

    private static Predictions answered(Ensemble ensemble, PredictionRequest request, List<Encoded> encoded) {
        List<Prediction> predictions = new ArrayList<>(encoded.size());
        for (int i = 0; i < encoded.size(); i++) {
            predictions.add(ensemble.predict(request.inputs().get(i), encoded.get(i), request));
        }
        return new Predictions(ensemble.revision(), predictions);
    }

    /** The vectors of inputs of one kind, by the encoders given. */
    public List<Encoded> encode(List<Encoder> members, List<Input> inputs) {
        return encode(encoders, members, inputs);
    }

    /** The vectors of inputs of one kind, by the encoders given. */
    public static List<Encoded> encode(Encoders encoders, List<Encoder> members, List<Input> inputs) {
        if (inputs.isEmpty()) {
            return List.of();
        }
        boolean pair = inputs.get(0).kind() == InputKind.PAIR;
        List<Passage> passages =
                inputs.stream().flatMap(input -> passagesOf(input).stream()).toList();
        List<List<Embedding>> byEncoder = encoders.pool().encode(members, passages);
        return InputEncoding.assemble(byEncoder, pair);
    }

    private static List<Passage> passagesOf(Input input) {
        String text = input.text().value();
        return input.textPair()
                .map(pair -> InputEncoding.passages(text, pair.value()))
                .orElseGet(() -> InputEncoding.passages(text));
    }

    private static void requireKind(Task task, List<Input> inputs) {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).kind() != task.input()) {
                String detail = task.input() == InputKind.PAIR
                        ? "this task asks about pairs: send text and text_pair"
                        : "this task asks about single texts: leave text_pair out";
                faults.add(new Fault("/inputs/" + i + "/text_pair", detail));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
        }
    }
}
