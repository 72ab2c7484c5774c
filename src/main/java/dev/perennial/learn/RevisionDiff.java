// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.revision.TaskState;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How one revision of a task differs from another.
 *
 * @param from the first revision
 * @param to the second
 * @param added the examples that came
 * @param removed the examples that went
 * @param compared how many inputs both were asked about
 * @param changed those that they answer differently
 */
public record RevisionDiff(
        Side from, Side to, List<Example> added, List<Example> removed, int compared, List<ChangedAnswer> changed) {
    private static final double SAME_SCORE = 1e-9;

    /** What a task was at a revision, and what answered by it. */
    public record Side(TaskState state, Ensemble ensemble) {}

    /** Two revisions. */
    record Sides(Side from, Side to) {}

    /** What two revisions say about what an example is about. */
    public record ChangedAnswer(Example example, Prediction from, Prediction to) {}

    /**
     * Compares two revisions. Examples are the same where the same was taught, by whatever id: what a candidate was
     * taught, and the task itself later, has two.
     *
     * @param taught ids of the examples that are learnt from now; of several about an input, such a one is named
     * @param encoders read what is asked
     * @param most inputs to ask about: of those that either was taught, one each of different content, in the order of
     *     their keys, which is none of anything else
     */
    static RevisionDiff of(Sides sides, Set<String> taught, Encoders encoders, int most) {
        Side from = sides.from();
        Side to = sides.to();
        List<Example> asked = asked(from.state(), to.state(), taught, most);
        List<Prediction> first = answers(from.ensemble(), asked, encoders);
        List<Prediction> second = answers(to.ensemble(), asked, encoders);
        List<ChangedAnswer> changed = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (!isSame(from.state().task().kind(), first.get(i), second.get(i))) {
                changed.add(new ChangedAnswer(asked.get(i), first.get(i), second.get(i)));
            }
        }
        return new RevisionDiff(
                from,
                to,
                without(to.state(), from.state()),
                without(from.state(), to.state()),
                asked.size(),
                List.copyOf(changed));
    }

    /** The examples of one that were not taught to another one. */
    private static List<Example> without(TaskState state, TaskState other) {
        Set<Teaching> taught = other.examples().stream().map(Example::teaching).collect(Collectors.toSet());
        return state.examples().stream()
                .filter(example -> !taught.contains(example.teaching()))
                .toList();
    }

    private static List<Example> asked(TaskState from, TaskState to, Set<String> taught, int most) {
        if (from.task().input() != to.task().input()
                || from.task().kind() != to.task().kind()) {
            return List.of();
        }
        TreeMap<ContentKey, Example> byInput = new TreeMap<>();
        List.of(from, to).stream()
                .flatMap(state -> state.examples().stream())
                .sorted(Comparator.<Example, Boolean>comparing(example -> !taught.contains(example.id()))
                        .thenComparing(Example::id))
                .forEach(example ->
                        byInput.putIfAbsent(ContentKey.of(example.teaching().input()), example));
        return byInput.values().stream().limit(most).toList();
    }

    private static List<Prediction> answers(Ensemble ensemble, List<Example> asked, Encoders encoders) {
        List<Encoded> encoded = Predictor.encode(
                encoders,
                ensemble.members(),
                asked.stream().map(example -> example.teaching().input()).toList());
        PredictionRequest request = new PredictionRequest(List.of(), 1, Mode.FULL, false);
        List<Prediction> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            answers.add(ensemble.predict(asked.get(i).teaching().input(), encoded.get(i), request));
        }
        return answers;
    }

    private static boolean isSame(Kind kind, Prediction first, Prediction second) {
        return switch (kind) {
            case CLASSIFICATION -> first.label().equals(second.label());
            case MULTILABEL -> Set.copyOf(first.labelSet()).equals(Set.copyOf(second.labelSet()));
            case REGRESSION ->
                Math.abs(first.score().orElseThrow() - second.score().orElseThrow()) <= SAME_SCORE;
        };
    }
}
