// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.RandomFeatureHead;
import java.util.List;

/**
 * Ridge regression from a {@link Ledger} in closed form: {@code W = (G + ridge D I)^-1 Q}, and for the held-out rows the
 * scores of the head that never saw them, {@code (f_i - h_i y_i) / (1 - h_i)} with the leverage {@code h_i = w_i phi_i
 * (G + ridge D I)^-1 phi_i'}.
 */
final class GramFit {
    private static final int BATCH = 2048;
    private static final double LARGEST_LEVERAGE = 1 - 1e-9;

    private final LinearAlgebra algebra;
    private final Ledger ledger;
    private final List<Row> heldOut;

    GramFit(LinearAlgebra algebra, Ledger ledger, List<Row> heldOut) {
        this.algebra = algebra;
        this.ledger = ledger;
        this.heldOut = heldOut;
    }

    FittedHead fit(double ridge) {
        Matrix system = ledger.gram();
        system.addToDiagonal(ridge * ledger.features().size());
        LinearAlgebra.Cholesky factor = algebra.cholesky(system);
        Matrix weights = factor.solve(ledger.cross());
        Matrix scores = Matrix.zeros(heldOut.size(), ledger.outputs());
        for (int from = 0; from < heldOut.size(); from += BATCH) {
            leaveOut(from, Math.min(heldOut.size(), from + BATCH), factor, weights, scores);
        }
        return new FittedHead(new RandomFeatureHead(ledger.features(), ridge, weights), scores);
    }

    private void leaveOut(int from, int to, LinearAlgebra.Cholesky factor, Matrix weights, Matrix scores) {
        List<Row> batch = heldOut.subList(from, to);
        Matrix phi = ledger.features().of(batch.stream().map(Row::features).toList());
        Matrix fitted = algebra.multiply(phi, weights);
        Matrix white = factor.whiten(phi);
        for (int i = 0; i < batch.size(); i++) {
            Row row = batch.get(i);
            double leverage = 0;
            for (int j = 0; j < white.columns(); j++) {
                leverage += white.at(i, j) * white.at(i, j);
            }
            double h = Math.min(LARGEST_LEVERAGE, row.weight() * leverage);
            for (int c = 0; c < scores.columns(); c++) {
                scores.set(from + i, c, (fitted.at(i, c) - h * row.target()[c]) / (1 - h));
            }
        }
    }
}
