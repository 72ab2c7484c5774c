// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.RandomFeatureHead;
import java.util.List;

/**
 * Ridge regression from a {@link Ledger} in closed form: {@code W = (G + ridge D I)^-1 Q}. For the held-out rows, the
 * scores of the head that never saw a block B of rows are {@code Y_B - (I - H_BB V_B)^-1 (Y_B - F_B)} with {@code H =
 * Phi (G + ridge D I)^-1 Phi'} and the weights V; a block of one row is leave-one-out.
 */
final class GramFit {
    private final LinearAlgebra algebra;
    private final Ledger ledger;
    private final int heldOut;
    private final Kin kin;

    /**
     * @param heldOut number of held-out rows
     * @param kin these rows and their kin
     */
    GramFit(LinearAlgebra algebra, Ledger ledger, int heldOut, Kin kin) {
        this.algebra = algebra;
        this.ledger = ledger;
        this.heldOut = heldOut;
        this.kin = kin;
    }

    FittedHead fit(double ridge) {
        Matrix system = ledger.gram();
        system.addToDiagonal(ridge * ledger.features().size());
        LinearAlgebra.Cholesky factor = algebra.cholesky(system);
        Matrix weights = factor.solve(ledger.cross());
        List<Row> rows = kin.rows();
        Matrix phi = ledger.features().of(rows.stream().map(Row::features).toList());
        Matrix fitted = algebra.multiply(phi, weights);
        Matrix white = factor.whiten(phi);
        Matrix single = Matrix.zeros(heldOut, ledger.outputs());
        Matrix blocked = Matrix.zeros(heldOut, ledger.outputs());
        for (int i = 0; i < heldOut; i++) {
            single.setRow(i, leftOut(new int[] {i}, fitted, white));
            blocked.setRow(i, kin.kin().get(i).isEmpty() ? single.row(i) : leftOut(kin.block(i), fitted, white));
        }
        return new FittedHead(new RandomFeatureHead(ledger.features(), ridge, weights), single, blocked);
    }

    /** Scores of the first row of a block by the head that never saw the block. */
    private double[] leftOut(int[] block, Matrix fitted, Matrix white) {
        int size = block.length;
        int outputs = fitted.columns();
        Matrix system = Matrix.zeros(size, size);
        Matrix residuals = Matrix.zeros(size, outputs);
        for (int a = 0; a < size; a++) {
            Row row = kin.rows().get(block[a]);
            for (int b = 0; b < size; b++) {
                double leverage = dot(white, block[a], block[b])
                        * kin.rows().get(block[b]).weight();
                system.set(a, b, (a == b ? 1 : 0) - leverage);
            }
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

    private static double dot(Matrix rows, int a, int b) {
        double even = 0;
        double odd = 0;
        int columns = rows.columns();
        double[] data = rows.data();
        int k = 0;
        for (; k + 1 < columns; k += 2) {
            even += data[a * columns + k] * data[b * columns + k];
            odd += data[a * columns + k + 1] * data[b * columns + k + 1];
        }
        return k < columns ? even + odd + data[a * columns + k] * data[b * columns + k] : even + odd;
    }
}
