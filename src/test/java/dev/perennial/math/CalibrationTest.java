// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link Temperature}, {@link Platt} and {@link SimplexWeights} against a search of what they optimise. */
final class CalibrationTest {
    private static final int ROWS = 60;
    private final Random random = new Random(11);
    private final Matrix scores = Reference.random(ROWS, 4, random);
    private final int[] truth = new int[ROWS];
    private final double[] weights = new double[ROWS];

    CalibrationTest() {
        for (int i = 0; i < ROWS; i++) {
            truth[i] = random.nextInt(3) > 0 ? Probabilities.argmax(scores.row(i)) : random.nextInt(4);
            weights[i] = 0.25 + random.nextDouble();
        }
    }

    @Test
    void temperature_isThatOfAGridSearch() {
        double prior = 5;
        double strength = 2;
        double best = 0;
        double least = Double.POSITIVE_INFINITY;
        double total = Arrays.stream(weights).sum();
        for (double logT = -4; logT < 4; logT += 1e-3) {
            double t = Math.exp(logT);
            double loss = total * Temperature.negativeLogLikelihood(scores, truth, weights, t)
                    + strength / 2 * Math.pow(logT - Math.log(prior), 2);
            if (loss < least) {
                least = loss;
                best = logT;
            }
        }
        double fitted = Temperature.fit(scores, truth, weights, prior, strength);
        assertThat(Math.log(fitted)).isCloseTo(best, within(2e-3));
    }

    @Test
    void temperature_withoutEvidenceIsThePrior() {
        assertThat(Temperature.fit(Matrix.zeros(0, 3), new int[0], new double[0], 7, 2))
                .isCloseTo(7, within(1e-12));
    }

    @Test
    void temperature_ofScoresThatAreAlwaysRight_isFinite() {
        int[] best = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            best[i] = Probabilities.argmax(scores.row(i));
        }
        assertThat(Temperature.fit(scores, best, weights, 5, 2)).isBetween(5.0, 1e4);
    }

    @Test
    void platt_isNoWorseThanAnyPointOfAGrid() {
        double[] x = scores.data();
        double[] yes = new double[x.length];
        double[] each = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            yes[i] = random.nextDouble() < Probabilities.logistic(2 * x[i] - 0.7) ? 1 : 0;
            each[i] = weights[i % ROWS];
        }
        Platt prior = new Platt(6, -3);
        Platt fitted = Platt.fit(x, yes, each, prior, 2);
        double loss = plattLoss(fitted, x, yes, each, prior, 2);
        for (double a = 0; a < 6; a += 0.1) {
            for (double b = -4; b < 2; b += 0.1) {
                assertThat(loss).isLessThanOrEqualTo(plattLoss(new Platt(a, b), x, yes, each, prior, 2) + 1e-9);
            }
        }
    }

    @Test
    void platt_withoutEvidenceIsThePrior() {
        Platt fitted = Platt.fit(new double[0], new double[0], new double[0], new Platt(6, -3), 2);
        assertThat(fitted).isEqualTo(new Platt(6, -3));
    }

    @Test
    void simplexWeights_areThoseOfAGridSearch() {
        double[][] likelihoods = new double[2][ROWS];
        for (int i = 0; i < ROWS; i++) {
            likelihoods[0][i] = random.nextDouble();
            likelihoods[1][i] = 0.7 * random.nextDouble();
        }
        double best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (double w = 1e-4; w < 1; w += 1e-4) {
            double value = Math.log(w) + Math.log(1 - w);
            for (int i = 0; i < ROWS; i++) {
                value += weights[i] * Math.log(w * likelihoods[0][i] + (1 - w) * likelihoods[1][i]);
            }
            if (value > most) {
                most = value;
                best = w;
            }
        }
        assertThat(SimplexWeights.fit(likelihoods, weights, 1)[0]).isCloseTo(best, within(2e-4));
    }

    @Test
    void simplexWeights_addUpToOne_andKeepEveryMemberAlive() {
        double[][] likelihoods = {{0.9, 0.9}, {0, 0}, {0.1, 0.1}};
        double[] w = SimplexWeights.fit(likelihoods, new double[] {1, 1}, 0.5);
        assertThat(Arrays.stream(w).sum()).isCloseTo(1, within(1e-12));
        assertThat(w[1]).isPositive();
        assertThat(w[0]).isGreaterThan(w[2]);
    }

    @Test
    void simplexWeights_withoutEvidenceAreEqual() {
        assertThat(SimplexWeights.fit(new double[3][0], new double[0], 1)).containsOnly(1.0 / 3);
    }

    private static double plattLoss(Platt at, double[] x, double[] yes, double[] each, Platt prior, double strength) {
        double loss =
                strength / 2 * (Math.pow(at.slope() - prior.slope(), 2) + Math.pow(at.offset() - prior.offset(), 2));
        for (int i = 0; i < x.length; i++) {
            double p = Probabilities.logistic(at.slope() * x[i] + at.offset());
            loss -= each[i] * Math.log(yes[i] > 0.5 ? p : 1 - p);
        }
        return loss;
    }

    @Test
    void platt_reachesTheBottom_whateverTheWeights() {
        Random random = new Random(14);
        Platt prior = new Platt(6, -3);
        for (int set = 0; set < 3000; set++) {
            int n = 1 + random.nextInt(6);
            double[] scores = random.doubles(n, -0.5, 1.5).toArray();
            double[] truths = random.ints(n, 0, 2).asDoubleStream().toArray();
            double weight = Math.pow(10, random.nextInt(5));
            double[] weights = random.doubles(n, weight / 2, weight).toArray();

            Platt fitted = Platt.fit(scores, truths, weights, prior, 2);

            double slope = 2 * (fitted.slope() - prior.slope());
            double offset = 2 * (fitted.offset() - prior.offset());
            for (int i = 0; i < n; i++) {
                double p = 1 / (1 + Math.exp(-fitted.slope() * scores[i] - fitted.offset()));
                slope += weights[i] * (p - truths[i]) * scores[i];
                offset += weights[i] * (p - truths[i]);
            }
            assertThat(Math.hypot(slope, offset)).as("gradient of set %d", set).isLessThan(1e-5 * n * weight);
        }
    }
}
