// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Probabilities;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** What is answered, given probabilities and the task's policy. */
record Verdict(
        Optional<String> label,
        OptionalDouble probability,
        List<LabelProbability> labels,
        List<String> labelSet,
        boolean abstained,
        OptionalDouble score,
        Odds odds) {
    /** From this probability on, one of several labels applies. */
    static final double APPLIES = 0.5;

    /**
     * What to say, and how much of it.
     *
     * @param names names of the outputs
     * @param threshold largest {@code 1 - p} of a label in the conformal set
     * @param topK how many labels to list
     */
    record Terms(Task task, List<String> names, double threshold, int topK) {}

    /** @param answer probabilities of the outputs, or one score in [0, 1] */
    static Verdict of(Terms terms, double[] answer) {
        Task task = terms.task();
        List<String> names = terms.names();
        if (task.kind() == Kind.REGRESSION) {
            ScoreRange range = task.scoreRange().orElseThrow();
            double score = range.min() + answer[0] * range.width();
            return new Verdict(
                    Optional.empty(),
                    OptionalDouble.empty(),
                    List.of(),
                    List.of(),
                    false,
                    OptionalDouble.of(score),
                    Odds.NONE);
        }
        if (names.isEmpty()) {
            return new Verdict(
                    Optional.empty(),
                    OptionalDouble.empty(),
                    List.of(),
                    List.of(),
                    true,
                    OptionalDouble.empty(),
                    Odds.NONE);
        }
        boolean one = task.kind() == Kind.CLASSIFICATION;
        int best = one ? cheapestAnswer(task, names, answer) : Probabilities.argmax(answer);
        boolean abstained = one ? abstains(task, names, answer, best) : answer[best] < APPLIES;
        List<Integer> ranked = IntStream.range(0, answer.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer c) -> -answer[c]))
                .toList();
        List<String> set = ranked.stream()
                .filter(c -> one ? 1 - answer[c] <= terms.threshold() : answer[c] >= APPLIES)
                .map(names::get)
                .toList();
        List<LabelProbability> most = ranked.stream()
                .limit(Math.max(terms.topK(), Odds.MOST))
                .map(c -> new LabelProbability(names.get(c), answer[c]))
                .toList();
        List<LabelProbability> top = most.subList(0, Math.min(terms.topK(), most.size()));
        return new Verdict(
                abstained ? Optional.empty() : Optional.of(names.get(best)),
                OptionalDouble.of(answer[best]),
                top,
                set,
                one && abstained,
                OptionalDouble.empty(),
                Odds.of(most.subList(0, Math.min(Odds.MOST, most.size())), answer));
    }

    /** The label with the least expected cost, which without error costs is the most probable one. */
    static int cheapestAnswer(Task task, List<String> names, double[] p) {
        if (task.policy().errorCosts().isEmpty()) {
            return Probabilities.argmax(p);
        }
        double[] gain = new double[p.length];
        for (int c = 0; c < p.length; c++) {
            gain[c] = -expectedCost(task, names, p, c);
        }
        return Probabilities.argmax(gain);
    }

    /** Chow's rule: answer only if that is expected to cost no more than not answering. */
    static boolean abstains(Task task, List<String> names, double[] p, int best) {
        boolean dear = task.policy().abstainCost().isPresent()
                && expectedCost(task, names, p, best)
                        > task.policy().abstainCost().getAsDouble();
        return isImprobable(task.policy(), p[best]) || dear;
    }

    private static boolean isImprobable(Policy policy, double probability) {
        return policy.minProbability().isPresent()
                && probability < policy.minProbability().getAsDouble();
    }

    /** Whether an answer of this probability is abstained from where every error costs 1. */
    static boolean isTooUnsure(Policy policy, double probability) {
        boolean dear = policy.abstainCost().isPresent()
                && 1 - probability > policy.abstainCost().getAsDouble();
        return isImprobable(policy, probability) || dear;
    }

    private static double expectedCost(Task task, List<String> names, double[] p, int answer) {
        double cost = 0;
        for (int truth = 0; truth < p.length; truth++) {
            Map<String, Double> row = task.policy().errorCosts().getOrDefault(names.get(truth), Map.of());
            double missing = truth == answer ? 0.0 : 1.0;
            cost += p[truth] * row.getOrDefault(names.get(answer), missing);
        }
        return cost;
    }

    Verdict {
        labels = List.copyOf(new ArrayList<>(labels));
    }
}
