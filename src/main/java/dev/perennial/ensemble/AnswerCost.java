// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the answers of a task cost it, by the costs of its policy. */
public final class AnswerCost {
    private AnswerCost() {}

    /**
     * The cost of what a task of labels says when these are the probabilities: nothing when it is right, 1 when it is
     * wrong and the policy names no other cost. Abstaining costs what the policy says, or 1.
     *
     * @param names names of the outputs
     * @param truth which of them is right
     */
    public static double of(Task task, List<String> names, double[] probabilities, int truth) {
        int answer = Verdict.cheapestAnswer(task, names, probabilities);
        return of(
                task,
                Verdict.abstains(task, names, probabilities, answer)
                        ? Optional.empty()
                        : Optional.of(names.get(answer)),
                names.get(truth));
    }

    /**
     * The same of an answer that was given.
     *
     * @param answered empty when the task abstained
     * @param truth the right label, which the task need not know
     */
    public static double of(Task task, Optional<String> answered, String truth) {
        if (answered.isEmpty()) {
            return task.policy().abstainCost().orElse(1);
        }
        Map<String, Double> costs = task.policy().errorCosts().getOrDefault(truth, Map.of());
        return costs.getOrDefault(answered.get(), answered.get().equals(truth) ? 0.0 : 1.0);
    }
}
