// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.member.Features;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.TaskId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ComparisonTest {

    /** So many answers that become wrong and so many that become right, among 200. */
    private static Comparison comparison(int worse, int better) {
        double[] before = new double[200];
        double[] after = new double[200];
        Arrays.fill(before, 0, 100, 1);
        Arrays.fill(after, worse, 100 + better, 1);
        return new Comparison(School.TASK, new Examination(before, Map.of()), new Examination(after, Map.of()));
    }

    @Test
    void fall_isSignificantWhereMcNemarsTestSaysSo() {
        // (b - c) / sqrt(b + c): 4 / sqrt(6) = 1.633, 5 / sqrt(9) = 1.667.
        assertThat(comparison(5, 1).fallsSignificantly()).isFalse();
        assertThat(comparison(7, 2).fallsSignificantly()).isTrue();
        assertThat(comparison(2, 7).fallsSignificantly()).isFalse();
        assertThat(comparison(0, 0).fallsSignificantly()).isFalse();
    }

    @Test
    void comparison_countsWhatChanged() {
        Comparison comparison = comparison(7, 2);
        assertThat(comparison.examples()).isEqualTo(200);
        assertThat(comparison.worse()).isEqualTo(7);
        assertThat(comparison.better()).isEqualTo(2);
        assertThat(comparison.rise()).isCloseTo(-5 / 200.0, within(1e-12));
    }

    @Test
    void score_isWhetherTheLabelIsRight_theShareOfLabels_orOneLessTheDistance() {
        assertThat(score(Kind.CLASSIFICATION, new double[] {0, 1}, 0, new double[] {0.4, 0.6}))
                .isEqualTo(1);
        assertThat(score(Kind.CLASSIFICATION, new double[] {1, 0}, 0, new double[] {0.4, 0.6}))
                .isZero();
        assertThat(score(Kind.MULTILABEL, new double[] {1, 0, 1, 0}, 0, new double[] {0.9, 0.6, 0.5, 0.1}))
                .isEqualTo(0.75);
        // A target is told from the prior.
        assertThat(score(Kind.REGRESSION, new double[] {0.25}, 0.5, new double[] {0.625}))
                .isEqualTo(0.875);
    }

    private static double score(Kind kind, double[] target, double prior, double[] answer) {
        Row row = new Row("", new Features(List.of()), target, 1, prior, true);
        return new HeldOut(kind, List.of(row)).scores(List.of(answer))[0];
    }

    @Test
    void memberAgainstItself_changesNothing_andEveryExampleIsAnsweredByAStage() {
        FakeTableEncoder table = FakeTableEncoder.random(1);
        try (School school = School.open(School.SMALL, List.of(table, new FakeEncoder("one")))) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
            assertThat(school.examiner().compare(School.TASK, table, table)).isEmpty();
            school.teach(IntStream.range(0, 40)
                    .mapToObj(i -> School.teaching("w" + i % 2 + " x" + i, "label" + i % 2))
                    .toList());

            Comparison comparison =
                    school.examiner().compare(School.TASK, table, table).orElseThrow();

            assertThat(comparison.examples()).isEqualTo(School.SMALL.heldOutRows());
            assertThat(comparison.better() + comparison.worse()).isZero();
            assertThat(comparison.serving().accuracy()).isGreaterThan(0.6);
            assertThat(comparison.serving().stages().values().stream()
                            .mapToDouble(share -> share)
                            .sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(school.examiner().compare(new TaskId("gone"), table, table))
                    .isEmpty();
        }
    }
}
