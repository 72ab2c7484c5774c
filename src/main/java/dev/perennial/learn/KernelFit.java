// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.Features;
import dev.perennial.member.KernelHead;
import dev.perennial.member.View;
import java.util.List;

/**
 * Kernel ridge regression in closed form: {@code A = M Y} with {@code M = (K + ridge/w)^-1}. The scores of the head
 * that never saw a block B of rows are {@code Y_B - (M_BB)^-1 A_B}; a block of one row is leave-one-out (Cawley and
 * Talbot 2003; the dual form of the identity that ridge cross-validation uses).
 */
final class KernelFit {
    private final LinearAlgebra algebra;
    private final Support support;
    private final List<Row> rows;
    private final Kin kin;
    private final View view;
    private final Matrix squaredDistances;

    /** @param support at least one row */
    KernelFit(LinearAlgebra algebra, Support support, View view) {
        this.algebra = algebra;
        this.support = support;
        this.rows = support.rows();
        this.kin = support.kin();
        this.view = view;
        this.squaredDistances = squaredDistances(algebra, rows, view);
    }

    /**
     * What the kernel heads of one ensemble have in common.
     *
     * @param rows examples in the order of their keys, then descriptions
     * @param features of these rows
     * @param kin the examples and their kin, which are examples too
     */
    record Support(List<Row> rows, List<Features> features, Kin kin) {

        static Support of(List<Row> rows, Kin kin) {
            return new Support(rows, rows.stream().map(Row::features).toList(), kin);
        }
    }

    FittedHead fit(double width, double ridge) {
        int n = rows.size();
        Matrix system = Matrix.zeros(n, n);
        for (int i = 0; i < system.data().length; i++) {
            system.data()[i] = Math.exp(-width * squaredDistances.data()[i]);
        }
        for (int i = 0; i < n; i++) {
            system.add(i, i, ridge / rows.get(i).weight());
        }
        Matrix targets = targets(rows);
        Matrix inverse;
        try (LinearAlgebra.Cholesky factor = algebra.cholesky(system)) {
            inverse = factor.inverse();
        }
        Matrix coefficients = algebra.multiply(inverse, targets);
        int heldOut = kin.kin().size();
        Matrix single = Matrix.zeros(heldOut, targets.columns());
        Matrix blocked = Matrix.zeros(heldOut, targets.columns());
        for (int i = 0; i < heldOut; i++) {
            single.setRow(i, leftOut(new int[] {i}, inverse, coefficients));
            blocked.setRow(
                    i, kin.kin().get(i).isEmpty() ? single.row(i) : leftOut(kin.block(i), inverse, coefficients));
        }
        KernelHead head = new KernelHead(view, width, ridge, support.features(), coefficients);
        return new FittedHead(head, single, blocked);
    }

    /** Scores of the first row of a block by the head that never saw the block: {@code y - (M_BB)^-1 A_B}. */
    private double[] leftOut(int[] block, Matrix inverse, Matrix coefficients) {
        int size = block.length;
        Matrix system = Matrix.zeros(size, size);
        Matrix share = Matrix.zeros(size, coefficients.columns());
        for (int a = 0; a < size; a++) {
            for (int b = 0; b < size; b++) {
                system.set(a, b, inverse.at(block[a], block[b]));
            }
            share.setRow(a, coefficients.row(block[a]));
        }
        SmallSystem.solve(system, share);
        double[] scores = rows.get(block[0]).target().clone();
        for (int c = 0; c < scores.length; c++) {
            scores[c] -= share.at(0, c);
        }
        return scores;
    }

    static Matrix targets(List<Row> rows) {
        Matrix targets = Matrix.zeros(rows.size(), rows.get(0).target().length);
        for (int i = 0; i < rows.size(); i++) {
            targets.setRow(i, rows.get(i).target());
        }
        return targets;
    }

    private static Matrix squaredDistances(LinearAlgebra algebra, List<Row> rows, View view) {
        int n = rows.size();
        Matrix mean = Matrix.zeros(n, n);
        for (int m = view.first(); m < view.end(); m++) {
            addSquaredDistances(algebra, blocks(rows, m), 1.0 / view.size(), mean);
        }
        return mean;
    }

    private static void addSquaredDistances(LinearAlgebra algebra, Matrix blocks, double share, Matrix sum) {
        Matrix products = algebra.multiplyTransposed(blocks, blocks);
        int n = blocks.rows();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double squared = products.at(i, i) + products.at(j, j) - 2 * products.at(i, j);
                sum.add(i, j, i == j ? 0 : share * Math.max(0, squared));
            }
        }
    }

    private static Matrix blocks(List<Row> rows, int member) {
        int dimension = rows.get(0).features().byMember().get(member).length;
        Matrix blocks = Matrix.zeros(rows.size(), dimension);
        for (int i = 0; i < rows.size(); i++) {
            float[] block = rows.get(i).features().byMember().get(member);
            for (int k = 0; k < dimension; k++) {
                blocks.data()[i * dimension + k] = block[k];
            }
        }
        return blocks;
    }
}
