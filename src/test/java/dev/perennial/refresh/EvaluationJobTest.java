// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.Evaluations;
import dev.perennial.learn.School;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EvaluationJobTest {

    @Test
    void order_isReadAsItWasWritten() {
        Evaluations.Order sent =
                new Evaluations.Order(School.TASK, Optional.of(List.of(School.teaching("lovely", "good"))), true, -7);
        Evaluations.Order suite = new Evaluations.Order(School.TASK, Optional.empty(), false, 1);

        assertThat(EvaluationJob.read(School.TASK, EvaluationJob.order(sent, 1).payload()))
                .isEqualTo(sent);
        assertThat(EvaluationJob.read(School.TASK, EvaluationJob.order(suite, 9).payload()))
                .isEqualTo(suite);
    }
}
