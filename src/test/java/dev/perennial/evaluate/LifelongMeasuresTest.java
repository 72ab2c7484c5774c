// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.evaluate.LifelongMeasures.References;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class LifelongMeasuresTest {
    private static final Offset<Double> CLOSE = within(1e-12);
    private static final Map<String, Long> LEARNT_AT = Map.of("a", 1L, "b", 2L, "c", 3L);
    private static final References UNTAUGHT = new References(Map.of("b", 0.1, "c", 0.3), OptionalDouble.of(0.8));

    /** Three tasks one after the other, each asked from the beginning; all figures are worked out by hand. */
    @Test
    void aSquareMatrix_hasTheTextbookMeasures() {
        LifelongMeasures measures = LifelongMeasures.of(square(), UNTAUGHT);

        assertThat(measures.averageAccuracy()).hasValueCloseTo(0.7, CLOSE); // (.6 + .7 + .8) / 3
        assertThat(measures.forgetting()).hasValueCloseTo(0.2, CLOSE); // ((.9 - .6) + (.8 - .7)) / 2
        assertThat(measures.newAccuracy()).hasValueCloseTo(0.8, CLOSE); // (.8 + .8 + .8) / 3
        assertThat(measures.backwardTransfer()).hasValueCloseTo(-0.15, CLOSE); // ((.6 - .8) + (.7 - .8)) / 2
        assertThat(measures.forwardTransfer()).hasValueCloseTo(0.1, CLOSE); // ((.2 - .1) + (.4 - .3)) / 2
        // (.8 + (.9 + .8) / 2 + .7) / 3
        assertThat(measures.averageIncrementalAccuracy()).hasValueCloseTo(2.35 / 3, CLOSE);
        assertThat(measures.jointGap()).hasValueCloseTo(0.1, CLOSE);
    }

    @Test
    void oneTask_forgetsNothingAndTransfersNothing() {
        AccuracyMatrix matrix = AccuracyMatrix.of(List.of(new SuiteAccuracy(7, "only", 0.9)));

        LifelongMeasures measures = LifelongMeasures.of(matrix, References.NONE);

        assertThat(measures.averageAccuracy()).hasValue(0.9);
        assertThat(measures.newAccuracy()).hasValue(0.9);
        assertThat(measures.averageIncrementalAccuracy()).hasValue(0.9);
        assertThat(measures.forgetting()).isEmpty();
        assertThat(measures.backwardTransfer()).isEmpty();
        assertThat(measures.forwardTransfer()).isEmpty();
        assertThat(measures.jointGap()).isEmpty();
    }

    @Test
    void nothingRecorded_hasNoMeasure() {
        LifelongMeasures measures = LifelongMeasures.of(AccuracyMatrix.of(List.of()), References.NONE);

        assertThat(measures)
                .isEqualTo(new LifelongMeasures(
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty()));
    }

    /** Without what was asked too early, only forward transfer is lost. */
    @Test
    void tasksThatDidNotExistYet_areLeftOut() {
        AccuracyMatrix lower = AccuracyMatrix.of(List.of(
                new SuiteAccuracy(1, "a", 0.8),
                new SuiteAccuracy(2, "a", 0.9),
                new SuiteAccuracy(2, "b", 0.8),
                new SuiteAccuracy(3, "a", 0.6),
                new SuiteAccuracy(3, "b", 0.7),
                new SuiteAccuracy(3, "c", 0.8)));

        LifelongMeasures measures = LifelongMeasures.of(lower, UNTAUGHT);
        LifelongMeasures ofSquare = LifelongMeasures.of(square(), UNTAUGHT);

        assertThat(measures.forwardTransfer()).isEmpty();
        assertThat(measures.averageAccuracy()).isEqualTo(ofSquare.averageAccuracy());
        assertThat(measures.forgetting()).isEqualTo(ofSquare.forgetting());
        assertThat(measures.newAccuracy()).isEqualTo(ofSquare.newAccuracy());
        assertThat(measures.backwardTransfer()).isEqualTo(ofSquare.backwardTransfer());
        assertThat(measures.averageIncrementalAccuracy()).isEqualTo(ofSquare.averageIncrementalAccuracy());
    }

    /** Task a is gone at the end; b, learnt at the last step with c, cannot be forgotten. */
    @Test
    void tasksThatAreGone_andThoseLearntTogether() {
        AccuracyMatrix matrix = AccuracyMatrix.of(List.of(
                new SuiteAccuracy(10, "a", 0.5),
                new SuiteAccuracy(20, "a", 0.7),
                new SuiteAccuracy(20, "d", 0.6),
                new SuiteAccuracy(30, "b", 0.9),
                new SuiteAccuracy(30, "c", 0.7),
                new SuiteAccuracy(30, "d", 0.8)));

        LifelongMeasures measures = LifelongMeasures.of(matrix, References.NONE);

        assertThat(measures.averageAccuracy()).hasValueCloseTo(0.8, CLOSE); // (.9 + .7 + .8) / 3
        assertThat(measures.forgetting()).hasValueCloseTo(-0.2, CLOSE); // d alone: .6 - .8
        assertThat(measures.backwardTransfer()).hasValueCloseTo(0.2, CLOSE);
        assertThat(measures.newAccuracy()).hasValueCloseTo(0.675, CLOSE); // (.5 + .6 + .9 + .7) / 4
        assertThat(measures.averageIncrementalAccuracy()).hasValueCloseTo(1.95 / 3, CLOSE); // (.5 + .65 + .8) / 3
    }

    @Test
    void orderOfRecords_doesNotMatter() {
        List<SuiteAccuracy> records = new ArrayList<>(squareRecords());
        Collections.shuffle(records, new Random(5));

        assertThat(AccuracyMatrix.of(records, LEARNT_AT)).isEqualTo(square());
    }

    @Test
    void ofTwoRecordsOfOneStep_theLaterCounts() {
        AccuracyMatrix matrix =
                AccuracyMatrix.of(List.of(new SuiteAccuracy(1, "a", 0.2), new SuiteAccuracy(1, "a", 0.4)));

        assertThat(matrix.columns().get(0).after(0)).hasValue(0.4);
    }

    @Test
    void carriedForward_fillsOnlyWhatComesLater() {
        AccuracyMatrix matrix = AccuracyMatrix.of(List.of(
                new SuiteAccuracy(1, "a", 0.5), new SuiteAccuracy(2, "b", 0.25), new SuiteAccuracy(3, "a", 0.75)));

        AccuracyMatrix filled = matrix.carriedForward();

        assertThat(filled.columns().get(0).accuracies())
                .containsExactly(OptionalDouble.of(0.5), OptionalDouble.of(0.5), OptionalDouble.of(0.75));
        assertThat(filled.columns().get(1).accuracies())
                .containsExactly(OptionalDouble.empty(), OptionalDouble.of(0.25), OptionalDouble.of(0.25));
        assertThat(matrix.meanAfter(1)).hasValue(0.25);
        assertThat(filled.meanAfter(1)).hasValue(0.375);
    }

    @Test
    void whatIsNoMatrix_isRefused() {
        AccuracyMatrix.Column one = new AccuracyMatrix.Column("a", 0, List.of(OptionalDouble.of(1)));

        assertThatThrownBy(() -> new AccuracyMatrix(List.of(1L), List.of(one, one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccuracyMatrix(List.of(2L, 1L), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccuracyMatrix(List.of(1L, 2L), List.of(one)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SuiteAccuracy(1, "a", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SuiteAccuracy(1, "a", 1.5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static AccuracyMatrix square() {
        return AccuracyMatrix.of(squareRecords(), LEARNT_AT);
    }

    private static List<SuiteAccuracy> squareRecords() {
        double[][] a = {{0.8, 0.2, 0.3}, {0.9, 0.8, 0.4}, {0.6, 0.7, 0.8}};
        List<SuiteAccuracy> records = new ArrayList<>();
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                records.add(new SuiteAccuracy(i + 1, List.of("a", "b", "c").get(j), a[i][j]));
            }
        }
        return records;
    }
}
