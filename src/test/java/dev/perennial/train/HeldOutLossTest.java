// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.math.FloatMatrix;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HeldOutLossTest {
    private static final long SEED = Long.getLong("perennial.seed", 11);
    private static final int TEXTS = 12;
    private static final int WIDTH = 5;

    private final Random random = new Random(SEED);

    /** Unit vectors about a direction for each label. */
    private FloatMatrix embeddings(int[] labels, double noise) {
        FloatMatrix rows = FloatMatrix.zeros(labels.length, WIDTH);
        for (int i = 0; i < labels.length; i++) {
            double squares = 0;
            for (int k = 0; k < WIDTH; k++) {
                double value = (labels[i] == k ? 1 : 0) + noise * random.nextGaussian();
                rows.data()[i * WIDTH + k] = (float) value;
                squares += value * value;
            }
            for (int k = 0; k < WIDTH; k++) {
                rows.data()[i * WIDTH + k] /= (float) Math.sqrt(squares);
            }
        }
        return rows;
    }

    private static int[] labels() {
        int[] labels = new int[TEXTS];
        for (int i = 0; i < TEXTS; i++) {
            labels[i] = i % 3;
        }
        return labels;
    }

    @Test
    void theLoss_isThatOfHeadsThatWereFittedWithoutTheText() {
        FloatMatrix embeddings = embeddings(labels(), 0.5);
        double expected = 0;
        for (int out = 0; out < TEXTS; out++) {
            for (int label = 0; label < 3; label++) {
                double residual = (labels()[out] == label ? 1 : 0) - answer(embeddings, out, label, 0.3);
                expected += residual * residual / TEXTS;
            }
        }

        assertThat(HeldOutLoss.of(embeddings, labels(), 0.3))
                .as("seed %d", SEED)
                .isCloseTo(expected, within(1e-6));
    }

    /** Solves {@code (K + r I) a = y} without one text by plain iteration, and answers for that text. */
    private static double answer(FloatMatrix embeddings, int out, int label, double ridge) {
        double[] weights = new double[TEXTS];
        for (int sweep = 0; sweep < 3000; sweep++) {
            for (int i = 0; i < TEXTS; i++) {
                if (i != out) {
                    double rest = labels()[i] == label ? 1 : 0;
                    for (int j = 0; j < TEXTS; j++) {
                        rest -= j == i || j == out ? 0 : (embeddings.dot(i, j) + 1) * weights[j];
                    }
                    weights[i] = rest / (embeddings.dot(i, i) + 1 + ridge);
                }
            }
        }
        double answer = 0;
        for (int j = 0; j < TEXTS; j++) {
            answer += j == out ? 0 : (embeddings.dot(out, j) + 1) * weights[j];
        }
        return answer;
    }

    @Test
    void labelsThatLieApart_haveASmallerLoss() {
        double apart = HeldOutLoss.of(embeddings(labels(), 0.1), labels());
        double mixed = HeldOutLoss.of(embeddings(labels(), 2), labels());

        assertThat(apart).isLessThan(0.05);
        assertThat(mixed).isGreaterThan(0.3);
    }
}
