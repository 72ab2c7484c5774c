// SPDX-License-Identifier: Apache-2.0
package dev.perennial.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RowRegressionTest {
    private static final int ROWS = 30;
    private static final int COMPONENTS = 3;
    private static final double RIDGE = 0.2;

    private final Random random = new Random(5);
    private final List<int[]> means = new ArrayList<>();
    private final FloatMatrix prior = random(ROWS);

    RowRegressionTest() {
        for (int i = 0; i < 80; i++) {
            // The last row is in no mean; the others may be in one twice.
            means.add(random.ints(1 + random.nextInt(6), 0, ROWS - 1).toArray());
        }
    }

    private FloatMatrix random(int rows) {
        FloatMatrix matrix = FloatMatrix.zeros(rows, COMPONENTS);
        for (int i = 0; i < matrix.data().length; i++) {
            matrix.data()[i] = (float) random.nextGaussian();
        }
        return matrix;
    }

    @Test
    void fit_solvesTheNormalEquations() {
        FloatMatrix targets = random(means.size());
        FloatMatrix table = new RowRegression(means, ROWS, targets, RIDGE).fit(prior, 200);
        Matrix design = Matrix.zeros(means.size(), ROWS);
        for (int i = 0; i < means.size(); i++) {
            for (int row : means.get(i)) {
                design.add(i, row, 1.0 / means.get(i).length);
            }
        }
        Matrix system = Reference.product(Reference.transposed(design), design);
        system.addToDiagonal(RIDGE);
        Matrix right = Reference.product(Reference.transposed(design), wide(targets));
        for (int i = 0; i < right.data().length; i++) {
            right.data()[i] += RIDGE * prior.data()[i];
        }
        Matrix expected = Reference.solved(system, right);
        for (int i = 0; i < expected.data().length; i++) {
            assertThat((double) table.data()[i]).isCloseTo(expected.data()[i], within(1e-4));
        }
    }

    @Test
    void fit_leavesRowsWithoutEvidenceAndThePriorAsTheyAre() {
        float[] before = prior.data().clone();
        FloatMatrix table = new RowRegression(means, ROWS, random(means.size()), RIDGE).fit(prior, 5);
        assertThat(prior.data()).isEqualTo(before);
        for (int k = 0; k < COMPONENTS; k++) {
            assertThat(table.at(ROWS - 1, k)).isEqualTo(prior.at(ROWS - 1, k));
        }
    }

    @Test
    void fit_givesTheSameBitsAgain() {
        FloatMatrix targets = random(means.size());
        assertThat(new RowRegression(means, ROWS, targets, RIDGE).fit(prior, 20).data())
                .isEqualTo(new RowRegression(means, ROWS, targets, RIDGE)
                        .fit(prior, 20)
                        .data());
    }

    private static Matrix wide(FloatMatrix matrix) {
        Matrix wide = Matrix.zeros(matrix.rows(), matrix.columns());
        for (int i = 0; i < wide.data().length; i++) {
            wide.data()[i] = matrix.data()[i];
        }
        return wide;
    }
}
