// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.evaluate.Metrics;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probabilities and label sets keep their promise on texts that come from where the examples came from. */
final class CalibrationOfLearningTest {
    private static final int LABELS = 4;
    private static final int ASKED = 300;

    @ParameterizedTest(name = "{0} rows in kernel form of {1}")
    @CsvSource({"1000, 200", "12, 400"})
    void labelSetsAndProbabilities_holdOnNewTexts(int kernelRows, int taught) {
        Random random = new Random(17);
        FitSettings settings =
                new FitSettings(kernelRows, 256, 128, 128, 200, List.of(1.0), List.of(0.1), List.of(0.01), 0.25);
        try (School school = School.open(settings)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
            List<Teaching> teachings = new ArrayList<>();
            for (int i = 0; i < taught; i++) {
                int label = random.nextInt(LABELS);
                teachings.add(School.teaching(text(random, label), "label" + label));
            }
            school.teach(teachings);
            int[] truth = random.ints(ASKED, 0, LABELS).toArray();
            List<Input> inputs = new ArrayList<>();
            for (int label : truth) {
                inputs.add(Input.of(new Text(text(random, label))));
            }
            List<Prediction> predictions = school.predict(inputs, Mode.FULL);
            double covered = 0;
            boolean[] right = new boolean[ASKED];
            double[] confidence = new double[ASKED];
            for (int i = 0; i < ASKED; i++) {
                Prediction prediction = predictions.get(i);
                covered += prediction.labelSet().contains("label" + truth[i]) ? 1.0 / ASKED : 0;
                right[i] = prediction.label().orElseThrow().equals("label" + truth[i]);
                confidence[i] = prediction.probability().orElseThrow();
            }
            assertThat(covered).isBetween(0.84, 0.99);
            assertThat(Metrics.calibrationError(confidence, right, 10)).isLessThan(0.12);
        }
    }

    /** Six words, of which about half point to the label. */
    private static String text(Random random, int label) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            text.append(
                            random.nextInt(10) < 4
                                    ? "topic" + label + "x" + random.nextInt(12)
                                    : "noise" + random.nextInt(60))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
