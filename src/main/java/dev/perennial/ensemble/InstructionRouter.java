// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Features;
import dev.perennial.member.View;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Finds the task that an instruction is about, by how close the embedded instructions are; when none is close enough,
 * the labels of the request are answered over without a single example. Safe for concurrent use.
 */
public final class InstructionRouter {
    /** Instructions at least this close ask the same question; unrelated ones are at 0, equal ones at 1. */
    private static final double SAME_QUESTION = 0.6;

    private static final int MAX_REMEMBERED = 20_000;
    private static final int EMBED_AT_ONCE = 64;

    /**
     * An answer and the task that gave it.
     *
     * @param task the task whose instruction matched; empty when the answer is zero-shot over the request's labels
     * @param match how close the best task's instruction is: 1 for the same words, about 0 for unrelated ones
     * @param predictions the answers
     */
    public record Routed(Optional<TaskId> task, double match, Predictions predictions) {}

    private record Candidate(Ensemble ensemble, double match) {}

    private record Key(String memberDigests, String instruction) {}

    private final ActiveEnsembles active;
    private final Encoders encoders;
    private final Predictor predictor;
    private final Function<List<Encoder>, FeatureMap> featureMaps;
    private final BiFunction<Task, List<Encoder>, Ensemble> zeroShot;
    private final Map<Key, Features> featuresByInstruction = new ConcurrentHashMap<>();

    /**
     * @param featureMaps how the vectors of single texts become features, for the encoders given
     * @param zeroShot an ensemble that knows a task's labels and no example
     */
    public InstructionRouter(
            ActiveEnsembles active,
            Encoders encoders,
            Function<List<Encoder>, FeatureMap> featureMaps,
            BiFunction<Task, List<Encoder>, Ensemble> zeroShot) {
        this.active = active;
        this.encoders = encoders;
        this.predictor = new Predictor(active, encoders);
        this.featureMaps = featureMaps;
        this.zeroShot = zeroShot;
    }

    /**
     * Answers by the task whose instruction is closest, if it is close enough and asks about such inputs; otherwise
     * over the labels given.
     *
     * @throws Refusal.Invalid when no task matches and the request names no labels
     */
    public Routed predict(String instruction, List<Label> labels, PredictionRequest request) {
        InputKind kind = request.inputs().get(0).kind();
        Optional<Candidate> best = closest(instruction, kind);
        double match = best.map(Candidate::match).orElse(0.0);
        if (best.isPresent() && match >= SAME_QUESTION) {
            Ensemble ensemble = best.get().ensemble();
            return new Routed(Optional.of(ensemble.task().id()), match, predictor.predict(ensemble, request));
        }
        if (labels.isEmpty()) {
            throw new Refusal.Invalid(
                    "/instruction", "matches no task; send labels to be answered over, or define a task");
        }
        Task asked = new Task(
                new TaskId("zero-shot"),
                Kind.CLASSIFICATION,
                kind,
                instruction,
                labels,
                Optional.empty(),
                Policy.DEFAULT);
        Ensemble ensemble = zeroShot.apply(asked, encoders.ready());
        return new Routed(Optional.empty(), match, predictor.predict(ensemble, request));
    }

    private Optional<Candidate> closest(String instruction, InputKind kind) {
        List<Ensemble> candidates = active.all().stream()
                .filter(ensemble -> ensemble.task().input() == kind)
                .filter(ensemble -> !ensemble.task().instruction().isBlank())
                .toList();
        Set<String> instructions = new LinkedHashSet<>(Set.of(instruction));
        candidates.forEach(ensemble -> instructions.add(ensemble.task().instruction()));
        Map<String, Features> features = features(encoders.contextual(), instructions);
        Features asked = known(features, instruction);
        return candidates.stream()
                .map(ensemble -> new Candidate(
                        ensemble,
                        closeness(asked, known(features, ensemble.task().instruction()))))
                .max(Comparator.comparingDouble(Candidate::match)
                        .thenComparing(candidate -> candidate.ensemble().task().id(), Comparator.reverseOrder()));
    }

    private static double closeness(Features a, Features b) {
        return 1 - View.firsts(a.byMember().size()).squaredDistance(a, b);
    }

    private static Features known(Map<String, Features> features, String instruction) {
        return Objects.requireNonNull(features.get(instruction));
    }

    /** The features of instructions; those not met before are embedded in batches. */
    private Map<String, Features> features(List<Encoder> members, Set<String> instructions) {
        StringBuilder digests = new StringBuilder();
        members.forEach(member -> digests.append(member.info().digest()).append(' '));
        Map<String, Features> features = new HashMap<>();
        List<String> missing = new ArrayList<>();
        for (String instruction : instructions) {
            Features known = featuresByInstruction.get(new Key(digests.toString(), instruction));
            if (known == null) {
                missing.add(instruction);
            } else {
                features.put(instruction, known);
            }
        }
        for (int from = 0; from < missing.size(); from += EMBED_AT_ONCE) {
            features.putAll(embedded(members, missing.subList(from, Math.min(missing.size(), from + EMBED_AT_ONCE))));
        }
        if (featuresByInstruction.size() + missing.size() > MAX_REMEMBERED) {
            featuresByInstruction.clear();
        }
        missing.forEach(instruction ->
                featuresByInstruction.put(new Key(digests.toString(), instruction), known(features, instruction)));
        return features;
    }

    private Map<String, Features> embedded(List<Encoder> members, List<String> instructions) {
        List<Encoded> encoded = predictor.encode(
                members,
                instructions.stream().map(text -> Input.of(new Text(text))).toList());
        FeatureMap featureMap = featureMaps.apply(members);
        Map<String, Features> features = new HashMap<>();
        for (int i = 0; i < instructions.size(); i++) {
            features.put(instructions.get(i), featureMap.features(encoded.get(i)));
        }
        return features;
    }
}
