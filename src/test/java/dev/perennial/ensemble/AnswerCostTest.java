// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class AnswerCostTest {
    private static final List<String> NAMES = List.of("ham", "spam");
    private static final double[] RATHER_SPAM = {0.4, 0.6};
    private static final Map<String, Map<String, Double>> HAM_IS_DEAR = Map.of("ham", Map.of("spam", 5.0));

    private static Task task(OptionalDouble abstainCost, Map<String, Map<String, Double>> errorCosts) {
        Policy policy = new Policy(0.9, OptionalDouble.empty(), 0.01, abstainCost, errorCosts);
        return new Task(
                new TaskId("mail"), Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), policy);
    }

    @Test
    void withoutCosts_anErrorCostsOne() {
        Task task = task(OptionalDouble.empty(), Map.of());

        assertThat(AnswerCost.of(task, NAMES, RATHER_SPAM, 1)).isZero();
        assertThat(AnswerCost.of(task, NAMES, RATHER_SPAM, 0)).isEqualTo(1);
    }

    @Test
    void withCosts_theCheapestAnswerCountsAndNotTheMostProbable() {
        Task task = task(OptionalDouble.empty(), HAM_IS_DEAR);

        assertThat(AnswerCost.of(task, NAMES, RATHER_SPAM, 1)).isEqualTo(1);
        assertThat(AnswerCost.of(task, NAMES, new double[] {0.1, 0.9}, 0)).isEqualTo(5);
    }

    @Test
    void abstaining_costsWhatThePolicySays() {
        Task task = task(OptionalDouble.of(0.3), Map.of());

        assertThat(AnswerCost.of(task, NAMES, RATHER_SPAM, 1)).isEqualTo(0.3);
    }
}
