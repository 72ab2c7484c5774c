// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against tables worked out by hand. */
final class MetricsTest {
    private static final int[] TRUTH = {0, 0, 0, 1, 1, 2};
    private static final int[] PREDICTED = {0, 0, 1, 1, 2, 2};

    @Test
    void accuracy_isTheShareOfAgreement() {
        assertThat(Metrics.accuracy(TRUTH, PREDICTED)).isCloseTo(4.0 / 6, within(1e-15));
        assertThat(Metrics.accuracy(new int[0], new int[0])).isNaN();
    }

    @Test
    void macroF1_isTheMeanOverClassesInEither() {
        // Class 0: P 1, R 2/3, F 4/5. Class 1: P 1/2, R 1/2, F 1/2. Class 2: P 1/2, R 1, F 2/3.
        assertThat(Metrics.macroF1(TRUTH, PREDICTED)).isCloseTo((0.8 + 0.5 + 2.0 / 3) / 3, within(1e-15));
        assertThat(Metrics.macroF1(new int[] {0, 0}, new int[] {0, 7})).isCloseTo((2.0 / 3 + 0) / 2, within(1e-15));
    }

    @Test
    void matthewsCorrelation_isThatOfTheTable() {
        // TP 3, FN 1, FP 2, TN 4.
        boolean[] truth = {true, true, true, true, false, false, false, false, false, false};
        boolean[] predicted = {true, true, true, false, true, true, false, false, false, false};
        assertThat(Metrics.matthewsCorrelation(truth, predicted))
                .isCloseTo((3 * 4 - 2 * 1) / Math.sqrt(5.0 * 4 * 6 * 5), within(1e-15));
        assertThat(Metrics.matthewsCorrelation(truth, new boolean[10])).isZero();
    }

    @Test
    void matthewsCorrelation_ofManyClasses_isGorodkins() {
        // Right 4 of 6; truths 3, 2, 1 and predictions 2, 2, 2: (6 * 4 - 12) / sqrt((36 - 12) (36 - 14)).
        assertThat(Metrics.matthewsCorrelation(TRUTH, PREDICTED))
                .isCloseTo((24 - 12) / Math.sqrt(24.0 * 22), within(1e-15));
        assertThat(Metrics.matthewsCorrelation(TRUTH, TRUTH)).isCloseTo(1, within(1e-15));
        assertThat(Metrics.matthewsCorrelation(TRUTH, new int[6])).isZero();
    }

    @Test
    void pearson_ofAConstant_isNone_whateverTheRounding() {
        double[] varied = new double[100];
        double[] constant = new double[100];
        for (int i = 0; i < varied.length; i++) {
            varied[i] = i * i;
        }
        for (double value : new double[] {0.1, 0.7, 1.1, 3.3, 1e9 + 0.1}) {
            for (int n = 1; n <= varied.length; n++) {
                Arrays.fill(constant, value);
                double[] a = Arrays.copyOf(constant, n);
                double[] b = Arrays.copyOf(varied, n);
                assertThat(Metrics.pearson(a, b)).as("%d times %s", n, value).isNaN();
                assertThat(Metrics.pearson(b, a)).as("%d times %s", n, value).isNaN();
            }
        }
    }

    @Test
    void calibrationError_doesNotDependOnTheOrderOfAnswersOfOneProbability() {
        double[] confidence = new double[60];
        Arrays.fill(confidence, 0.5);
        boolean[] sorted = new boolean[60];
        Arrays.fill(sorted, 0, 30, true);
        // Half of them are right, as they say; who is right comes first.
        assertThat(Metrics.calibrationError(confidence, sorted, 15)).isCloseTo(0, within(1e-12));
        assertThat(Metrics.reliability(confidence, sorted, 15))
                .hasSize(15)
                .allSatisfy(bin -> assertThat(bin.accuracy()).isCloseTo(0.5, within(1e-12)));
    }

    @Test
    void macroF1_countsNoAnswerAsNoClass() {
        // Class 0: P 1, R 1/2. Class 1: nothing found.
        assertThat(Metrics.macroF1(new int[] {0, 0, 1}, new int[] {0, -1, -1}))
                .isCloseTo((2.0 / 3 + 0) / 2, within(1e-15));
    }

    @Test
    void negativeLogLikelihood_isTheMeanOverRows() {
        assertThat(Metrics.negativeLogLikelihood(new double[] {1, 0.5, 0.25}))
                .isCloseTo(Math.log(2) * (0 + 1 + 2) / 3, within(1e-15));
        assertThat(Metrics.negativeLogLikelihood(new double[] {0})).isFinite();
        assertThat(Metrics.negativeLogLikelihood(new double[0])).isNaN();
    }

    @Test
    void brier_isTheMeanSquaredDistance() {
        double[][] probabilities = {{0.8, 0.2}, {0.5, 0.5}};
        double[][] truth = {{1, 0}, {0, 1}};
        assertThat(Metrics.brier(probabilities, truth)).isCloseTo((0.08 + 0.5) / 2, within(1e-15));
    }

    @Test
    void meanAbsoluteError_isTheMeanDistance() {
        assertThat(Metrics.meanAbsoluteError(new double[] {1, 2}, new double[] {0, 5}))
                .isEqualTo(2);
    }

    @Test
    void reliability_leavesEmptyBinsOut() {
        assertThat(Metrics.reliability(new double[] {0.9, 0.6}, new boolean[] {true, false}, 15))
                .containsExactly(new Metrics.Bin(1, 0.6, 0), new Metrics.Bin(1, 0.9, 1));
    }

    @Test
    void calibrationError_isTheMeanGapOfEquallyFilledBins() {
        double[] confidence = {0.9, 0.6, 0.8, 0.5};
        boolean[] right = {true, false, true, true};
        // Bins {0.5, 0.6} with accuracy 0.5 and {0.8, 0.9} with accuracy 1: gaps 0.05 and 0.15.
        assertThat(Metrics.calibrationError(confidence, right, 2)).isCloseTo(0.1, within(1e-12));
        assertThat(Metrics.calibrationError(confidence, right, 1)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void areaUnderRoc_countsPairs_tiesHalf() {
        assertThat(Metrics.areaUnderRoc(new double[] {3, 2, 2}, new double[] {1, 2}))
                .isCloseTo((1 + 1 + 1 + 0.5 + 1 + 0.5) / 6, within(1e-15));
        assertThat(Metrics.areaUnderRoc(new double[] {5}, new double[] {1, 2})).isEqualTo(1);
    }

    @Test
    void spearman_putsTiesAtTheirMeanRank() {
        double[] a = {1, 2, 2, 4};
        double[] b = {10, 30, 20, 20};
        // Ranks 1, 2.5, 2.5, 4 and 1, 4, 2.5, 2.5: covariance 2.25 over variances 4.5 and 4.5.
        assertThat(Metrics.ranks(a)).containsExactly(1, 2.5, 2.5, 4);
        assertThat(Metrics.spearman(a, b)).isCloseTo(0.5, within(1e-12));
        assertThat(Metrics.spearman(a, a)).isCloseTo(1, within(1e-12));
        assertThat(Metrics.spearman(a, new double[] {4, 3, 3, 1})).isCloseTo(-1, within(1e-12));
    }

    @Test
    void pearson_isThatOfTheTable() {
        assertThat(Metrics.pearson(new double[] {1, 2, 3}, new double[] {2, 4, 9}))
                .isCloseTo(7 / Math.sqrt(2.0 * 26), within(1e-12));
        assertThat(Metrics.pearson(new double[] {1, 1}, new double[] {1, 2})).isNaN();
    }

    @Test
    void differentLengths_areRefused() {
        assertThatThrownBy(() -> Metrics.accuracy(new int[1], new int[2])).isInstanceOf(IllegalArgumentException.class);
    }
}
