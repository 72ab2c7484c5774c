// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.RandomFeatureHead;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * Ridge regression from a {@link Ledger} in closed form: {@code W = (G + ridge D I)^-1 Q}. For the held-out rows, the
 * scores of the head that never saw a block B of rows are {@code Y_B - (I - H_BB V_B)^-1 (Y_B - F_B)} with {@code H =
 * Phi (G + ridge D I)^-1 Phi'} and the weights V; a block of one row is leave-one-out. The weights are in double
 * precision; held-out scores, of which only calibration is made, in single precision.
 */
final class GramFit {
    private final LinearAlgebra algebra;
    private final Ledger ledger;
    private final int heldOut;
    private final Kin kin;

    /** @param kin the held-out rows and their kin */
    GramFit(LinearAlgebra algebra, Ledger ledger, Kin kin) {
        this.algebra = algebra;
        this.ledger = ledger;
        this.heldOut = kin.kin().size();
        this.kin = kin;
    }

    /** From a ridge to the leave-one-out scores of the held-out rows; the head itself and the kin cost more. */
    DoubleFunction<Matrix> leaveOneOut() {
        FloatMatrix phi = features(kin.rows().subList(0, heldOut));
        List<int[]> alone =
                IntStream.range(0, heldOut).mapToObj(i -> new int[] {i}).toList();
        return ridge -> {
            try (LinearAlgebra.Cholesky factor = factor(ridge)) {
                Matrix weights = factor.solve(ledger.cross());
                return leftOut(alone, algebra.multiply(phi, FloatMatrix.of(weights)), factor.forms(phi, alone));
            }
        };
    }

    FittedHead fit(double ridge) {
        FloatMatrix phi = features(kin.rows());
        List<int[]> blocks = IntStream.range(0, heldOut).mapToObj(kin::block).toList();
        try (LinearAlgebra.Cholesky factor = factor(ridge)) {
            Matrix weights = factor.solve(ledger.cross());
            FloatMatrix fitted = algebra.multiply(phi, FloatMatrix.of(weights));
            List<Matrix> leverages = factor.forms(phi, blocks);
            List<int[]> alone =
                    blocks.stream().map(block -> new int[] {block[0]}).toList();
            Matrix single = leftOut(alone, fitted, leverages);
            Matrix blocked = kin.isEmpty() ? single : leftOut(blocks, fitted, leverages);
            return new FittedHead(new RandomFeatureHead(ledger.features(), ridge, weights), single, blocked);
        }
    }

    private LinearAlgebra.Cholesky factor(double ridge) {
        return ledger.gram().factor(ridge * ledger.features().size());
    }

    private FloatMatrix features(List<Row> rows) {
        return ledger.features().of(rows.stream().map(Row::features).toList());
    }

    /**
     * Scores of the first row of each block by the head that never saw the block, given its leverages and perhaps more.
     */
    private Matrix leftOut(List<int[]> blocks, FloatMatrix fitted, List<Matrix> leverages) {
        Matrix scores = Matrix.zeros(heldOut, ledger.outputs());
        IntStream.range(0, heldOut)
                .parallel()
                .forEach(i -> scores.setRow(i, leftOut(blocks.get(i), fitted, leverages.get(i))));
        return scores;
    }

    private double[] leftOut(int[] block, FloatMatrix fitted, Matrix leverages) {
        int size = block.length;
        int outputs = fitted.columns();
        Matrix system = Matrix.zeros(size, size);
        Matrix residuals = Matrix.zeros(size, outputs);
        for (int a = 0; a < size; a++) {
            Row row = kin.rows().get(block[a]);
            for (int b = 0; b < size; b++) {
                system.set(a, b, -leverages.at(a, b) * kin.rows().get(block[b]).weight());
            }
            system.add(a, a, 1);
            for (int c = 0; c < outputs; c++) {
                residuals.set(a, c, row.target()[c] - fitted.at(block[a], c));
            }
        }
        SmallSystem.solve(system, residuals);
        double[] scores = kin.rows().get(block[0]).target().clone();
        for (int c = 0; c < outputs; c++) {
            scores[c] -= residuals.at(0, c);
        }
        return scores;
    }
}
