// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.learn.AdaptationTrial;
import dev.perennial.learn.Arm;
import dev.perennial.learn.TriedExample;
import dev.perennial.task.TaskId;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlicesTest {

    private static Arm arm(int examples, IntToDoubleFunction score) {
        double[] scores = IntStream.range(0, examples).mapToDouble(score).toArray();
        return new Arm(scores, new double[examples]);
    }

    private static AdaptationTrial trial(int examples, IntFunction<TriedExample> example) {
        AdaptationTrial.Arms arms = new AdaptationTrial.Arms(arm(examples, i -> 0), arm(examples, i -> i % 2));
        List<TriedExample> tried =
                IntStream.range(0, examples).mapToObj(example).toList();
        return new AdaptationTrial(new TaskId("task"), arms, arms, tried, tried);
    }

    @Test
    void labels_areToldApart_andThirdsByLength() {
        AdaptationTrial trial = trial(12, i -> new TriedExample("" + i, i % 2 == 0 ? "even" : "odd", 10 * i, 0));

        assertThat(Slices.of(trial))
                .containsExactly(
                        "{\"label\":\"even\",\"examples\":6,\"accuracy_before\":0.0000,\"accuracy_after\":0.0000,"
                                + "\"p_value\":1.0000}",
                        "{\"label\":\"odd\",\"examples\":6,\"accuracy_before\":0.0000,\"accuracy_after\":1.0000,"
                                + "\"p_value\":0.0313}",
                        "{\"from_chars\":0,\"to_chars\":30,\"examples\":4,\"accuracy_before\":0.0000,"
                                + "\"accuracy_after\":0.5000,\"p_value\":0.5000}",
                        "{\"from_chars\":40,\"to_chars\":70,\"examples\":4,\"accuracy_before\":0.0000,"
                                + "\"accuracy_after\":0.5000,\"p_value\":0.5000}",
                        "{\"from_chars\":80,\"to_chars\":110,\"examples\":4,\"accuracy_before\":0.0000,"
                                + "\"accuracy_after\":0.5000,\"p_value\":0.5000}");
    }

    @Test
    void ofManyLabels_thoseWithTheMostExamplesAreTold() {
        List<String> slices = Slices.of(trial(301, i -> new TriedExample("" + i, "label " + i % 100, i, 0)));

        assertThat(slices).hasSize(Slices.MOST_LABELS + 3);
        assertThat(slices.get(0)).contains("\"label\":\"label 0\",\"examples\":4,");
    }

    @Test
    void scores_haveNoLabels() {
        assertThat(Slices.of(trial(2, i -> new TriedExample("" + i, "", i, 0))))
                .hasSize(2)
                .allMatch(slice -> slice.contains("from_chars"));
    }
}
