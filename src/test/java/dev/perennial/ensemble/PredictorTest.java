// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.learn.FitSettings;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The walk of a prediction. */
final class PredictorTest {

    @Test
    void whatNobodyWaitsForAnyMore_isNotAnswered() {
        Refusal late = new Refusal.Saturated("too late", 1);
        try (School school = School.open(FitSettings.DEFAULT)) {
            school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
            school.teach(List.of(teaching("my card is lost", "card"), teaching("it is sunny", "weather")));
            Predictor predictor = new Predictor(
                    school.active(),
                    school.encoders(),
                    school.graphs(),
                    PredictionObserver.NONE,
                    (member, passages, embeddings) -> school.encoders().pool().abandon(Thread.currentThread(), late),
                    Optional.empty());
            PredictionRequest request =
                    new PredictionRequest(List.of(Input.of(new Text("where is my card"))), 1, Mode.FULL, true);

            assertThatThrownBy(() -> predictor.predict(School.TASK, request)).isSameAs(late);
        }
    }
}
