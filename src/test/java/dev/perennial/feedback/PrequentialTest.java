// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static dev.perennial.feedback.Answers.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class PrequentialTest {

    private static TestedAnswer tested(boolean right, double loss, long revision, String stage) {
        Scores scores = new Scores(
                right,
                false,
                OptionalDouble.of(0.5),
                OptionalDouble.of(0.5),
                OptionalDouble.of(2 * loss),
                OptionalDouble.of(loss),
                OptionalDouble.empty());
        return new TestedAnswer(new TaskId("mood"), AT, new RevisionId(revision), stage, Optional.empty(), scores);
    }

    /** Wrong, right, right, wrong, right. */
    private static List<TestedAnswer> five() {
        List<TestedAnswer> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(tested(i == 1 || i == 2 || i == 4, i, 1 + i / 2, i == 0 ? "static" : "full"));
        }
        return five;
    }

    @Test
    void all_counts() {
        Prequential.Figures all = Prequential.of(five(), 2, 0.5).all();

        assertThat(all.answers()).isEqualTo(5);
        assertThat(all.accuracy()).hasValue(0.6);
        assertThat(all.logLoss()).hasValue(2);
        assertThat(all.brier()).hasValue(4);
        assertThat(all.absoluteError()).isEmpty();
    }

    @Test
    void window_isOverTheLast() {
        Prequential.Figures window = Prequential.of(five(), 2, 0.5).window();

        assertThat(window.answers()).isEqualTo(2);
        assertThat(window.accuracy()).hasValue(0.5);
        assertThat(window.logLoss()).hasValue(3.5);
        assertThat(Prequential.of(five(), 100, 0.5).window().answers()).isEqualTo(5);
    }

    @Test
    void faded_halvesTheWeightOfWhatWasBefore() {
        Prequential.Figures faded = Prequential.of(five(), 2, 0.5).faded();

        double weight = 1 + 0.5 + 0.25 + 0.125 + 0.0625;
        assertThat(faded.weight()).isCloseTo(weight, within(1e-12));
        assertThat(faded.accuracy().orElseThrow()).isCloseTo((0.125 + 0.25 + 1) / weight, within(1e-12));
        assertThat(faded.logLoss().orElseThrow())
                .isCloseTo((0.125 * 1 + 0.25 * 2 + 0.5 * 3 + 4) / weight, within(1e-12));
    }

    @Test
    void revisionsAndStages_areApart() {
        Prequential report = Prequential.of(five(), 2, 0.5);

        assertThat(report.revisions())
                .extracting(one -> one.name().number(), one -> one.figures().answers())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(3L, 1L),
                        org.assertj.core.groups.Tuple.tuple(2L, 2L),
                        org.assertj.core.groups.Tuple.tuple(1L, 2L));
        assertThat(report.stages()).extracting(Prequential.Of::name).containsExactly("full", "static");
    }

    @Test
    void withoutAnswers_thereIsNothing() {
        Prequential report = Prequential.of(List.of(), 2, 0.5);

        assertThat(report.all().accuracy()).isEmpty();
        assertThat(report.faded().answers()).isZero();
        assertThat(report.revisions()).isEmpty();
    }
}
