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
        return ridge -> {
            try (LinearAlgebra.Cholesky factor = factor(ridge)) {
                Matrix weights = factor.solve(ledger.cross());
                return singles(algebra.multiply(phi, FloatMatrix.of(weights)), factor.whiten(phi.copy()));
            }
        };
    }

    FittedHead fit(double ridge) {
        FloatMatrix phi = features(kin.rows());
        try (LinearAlgebra.Cholesky factor = factor(ridge)) {
            Matrix weights = factor.solve(ledger.cross());
            FloatMatrix fitted = algebra.multiply(phi, FloatMatrix.of(weights));
            FloatMatrix white = factor.whiten(phi);
            Matrix single = singles(fitted, white);
            Matrix blocked = kin.isEmpty() ? single : blocks(single, fitted, white);
            return new FittedHead(new RandomFeatureHead(ledger.features(), ridge, weights), single, blocked);
        }
    }

    private LinearAlgebra.Cholesky factor(double ridge) {
        return ledger.gram().factor(ridge * ledger.features().size());
    }

    private FloatMatrix features(List<Row> rows) {
        return ledger.features().of(rows.stream().map(Row::features).toList());
    }

    private Matrix singles(FloatMatrix fitted, FloatMatrix white) {
        Matrix single = Matrix.zeros(heldOut, ledger.outputs());
        IntStream.range(0, heldOut).parallel().forEach(i -> single.setRow(i, leftOut(new int[] {i}, fitted, white)));
        return single;
    }

    private Matrix blocks(Matrix single, FloatMatrix fitted, FloatMatrix white) {
        Matrix blocked = Matrix.zeros(heldOut, ledger.outputs());
        IntStream.range(0, heldOut)
                .parallel()
                .forEach(i -> blocked.setRow(
                        i, kin.kin().get(i).isEmpty() ? single.row(i) : leftOut(kin.block(i), fitted, white)));
        return blocked;
    }

    /** Scores of the first row of a block by the head that never saw the block. */
    private double[] leftOut(int[] block, FloatMatrix fitted, FloatMatrix white) {
        int size = block.length;
        int outputs = fitted.columns();
        Matrix system = Matrix.zeros(size, size);
        Matrix residuals = Matrix.zeros(size, outputs);
        for (int a = 0; a < size; a++) {
            Row row = kin.rows().get(block[a]);
            for (int b = 0; b <= a; b++) {
                double leverage = white.dot(block[a], block[b]);
                system.add(a, b, -leverage * kin.rows().get(block[b]).weight());
                if (a != b) {
                    system.set(b, a, -leverage * row.weight());
                }
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
