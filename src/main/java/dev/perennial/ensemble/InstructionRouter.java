// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Finds the task that an instruction is about, by how close the embedded instructions are; when none is close enough,
 * the labels of the request are answered over without a single example. Safe for concurrent use.
 */
public final class InstructionRouter {
    /** Instructions at least this close ask the same question; unrelated ones are at 0, equal ones at 1. */
    private static final double SAME_QUESTION = 0.6;

    /**
     * An answer and the task that gave it.
     *
     * @param task the task whose instruction matched; empty when the answer is zero-shot over the request's labels
     * @param match how close the best task's instruction is: 1 for the same words, about 0 for unrelated ones
     * @param predictions the answers
     */
    public record Routed(Optional<TaskId> task, double match, Predictions predictions) {}

    /**
     * Who is to answer.
     *
     * @param task the task whose instruction matched; empty when the answer is zero-shot over the request's labels
     * @param match how close the best task's instruction is
     * @param ensemble the task's serving one, or one that knows the labels of the request
     */
    public record Route(Optional<TaskId> task, double match, Ensemble ensemble) {}

    private record Candidate(Ensemble ensemble, double match) {}

    private final ActiveEnsembles active;
    private final Encoders encoders;
    private final Predictor predictor;
    private final InstructionVectors instructions;
    private final BiFunction<Task, List<Encoder>, Ensemble> zeroShot;

    /**
     * @param instructions says how close instructions are
     * @param zeroShot an ensemble that knows a task's labels and no example
     */
    public InstructionRouter(
            ActiveEnsembles active,
            Encoders encoders,
            InstructionVectors instructions,
            BiFunction<Task, List<Encoder>, Ensemble> zeroShot) {
        this.active = active;
        this.encoders = encoders;
        this.predictor = new Predictor(active, encoders);
        this.instructions = instructions;
        this.zeroShot = zeroShot;
    }

    /**
     * Answers by the task whose instruction is closest, if it is close enough and asks about such inputs; otherwise
     * over the labels given.
     *
     * @throws Refusal.Invalid when no task matches and the request names no labels
     * @throws Refusal.NotReady when there is no encoder to compare with
     */
    public Routed predict(String instruction, List<Label> labels, PredictionRequest request) {
        Route route = route(instruction, labels, request.inputs().get(0).kind());
        return new Routed(route.task(), route.match(), predict(route.ensemble(), request));
    }

    /** Answers by what was found. */
    public Predictions predict(Ensemble found, PredictionRequest request) {
        return predictor.predict(found, request);
    }

    /**
     * Finds who is to answer, as {@link #predict(String, List, PredictionRequest)} does.
     *
     * @throws Refusal.Invalid when no task matches and the request names no labels
     * @throws Refusal.NotReady when there is no encoder to compare with
     */
    public Route route(String instruction, List<Label> labels, InputKind kind) {
        List<Encoder> members = encoders.some();
        Optional<Candidate> best = closest(instruction, kind);
        double match = best.map(Candidate::match).orElse(0.0);
        if (best.isPresent() && match >= SAME_QUESTION) {
            Ensemble ensemble = best.get().ensemble();
            return new Route(Optional.of(ensemble.task().id()), match, ensemble);
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
        return new Route(Optional.empty(), match, zeroShot.apply(asked, members));
    }

    private Optional<Candidate> closest(String instruction, InputKind kind) {
        List<Ensemble> candidates = active.all().stream()
                .filter(ensemble -> ensemble.task().input() == kind)
                .filter(ensemble -> !ensemble.task().instruction().isBlank())
                .toList();
        Set<String> wordings = new LinkedHashSet<>(Set.of(instruction));
        candidates.forEach(ensemble -> wordings.add(ensemble.task().instruction()));
        InstructionVectors.Seen seen = instructions.read(wordings);
        return candidates.stream()
                .map(ensemble -> new Candidate(
                        ensemble, seen.closeness(instruction, ensemble.task().instruction())))
                .max(Comparator.comparingDouble(Candidate::match)
                        .thenComparing(candidate -> candidate.ensemble().task().id(), Comparator.reverseOrder()));
    }
}
