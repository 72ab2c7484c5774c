// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Which rows say nearly the same as a held-out row. Examples are often written as variations of one another, so leaving
 * out one alone shows how well its twins are remembered; leaving out the kin as well shows how well strangers are
 * answered.
 *
 * @param rows the held-out rows, then the rows that are kin to one of them
 * @param kin for every held-out row, in order, the positions in {@code rows} of its kin
 */
record Kin(List<Row> rows, List<List<Integer>> kin) {
    /** Squared distance, in units of that between unrelated inputs, below which two rows are kin. */
    private static final double CLOSE = 0.3;

    private static final int MOST = 6;
    private static final int BATCH = 2048;

    private record Near(int row, double squaredDistance) {}

    /**
     * @param heldOut rows to find the kin of
     * @param all rows among which to look
     */
    static Kin of(LinearAlgebra algebra, List<Row> heldOut, List<Row> all) {
        List<List<Near>> near = new ArrayList<>();
        heldOut.forEach(row -> near.add(new ArrayList<>()));
        if (!heldOut.isEmpty()) {
            Matrix left = firstBlocks(heldOut);
            for (int from = 0; from < all.size(); from += BATCH) {
                List<Row> batch = all.subList(from, Math.min(all.size(), from + BATCH));
                Matrix right = firstBlocks(batch);
                Matrix products = algebra.multiplyTransposed(left, right);
                Matrix distances = squaredDistances(left, right, products);
                collect(distances, batch, from, near);
            }
        }
        return assemble(heldOut, all, near);
    }

    /** Positions of a held-out row and its kin: the block to be left out. */
    int[] block(int heldOut) {
        int[] block = new int[1 + kin.get(heldOut).size()];
        block[0] = heldOut;
        for (int i = 1; i < block.length; i++) {
            block[i] = kin.get(heldOut).get(i - 1);
        }
        return block;
    }

    private static Matrix squaredDistances(Matrix left, Matrix right, Matrix products) {
        double[] leftNorms = squaredNorms(left);
        double[] rightNorms = squaredNorms(right);
        for (int i = 0; i < left.rows(); i++) {
            for (int j = 0; j < right.rows(); j++) {
                products.set(i, j, leftNorms[i] + rightNorms[j] - 2 * products.at(i, j));
            }
        }
        return products;
    }

    private static void collect(Matrix distances, List<Row> batch, int from, List<List<Near>> near) {
        for (int i = 0; i < distances.rows(); i++) {
            for (int j = 0; j < batch.size(); j++) {
                if (distances.at(i, j) < CLOSE && batch.get(j).heldOut()) {
                    near.get(i).add(new Near(from + j, distances.at(i, j)));
                }
            }
        }
    }

    private static Kin assemble(List<Row> heldOut, List<Row> all, List<List<Near>> near) {
        List<List<Integer>> chosen = new ArrayList<>();
        TreeSet<Integer> others = new TreeSet<>();
        for (int i = 0; i < near.size(); i++) {
            int self = i;
            List<Integer> kin = near.get(i).stream()
                    .filter(candidate -> candidate.row() != self)
                    .sorted(Comparator.comparingDouble(Near::squaredDistance).thenComparing(Near::row))
                    .limit(MOST)
                    .map(Near::row)
                    .toList();
            chosen.add(kin);
            kin.stream().filter(row -> row >= heldOut.size()).forEach(others::add);
        }
        List<Row> rows = new ArrayList<>(heldOut);
        List<Integer> order = new ArrayList<>(others);
        order.forEach(row -> rows.add(all.get(row)));
        List<List<Integer>> positions = chosen.stream()
                .map(kin -> kin.stream()
                        .map(row -> row < heldOut.size() ? row : heldOut.size() + order.indexOf(row))
                        .toList())
                .toList();
        return new Kin(rows, positions);
    }

    private static Matrix firstBlocks(List<Row> rows) {
        int dimension = rows.get(0).features().byMember().get(0).length;
        Matrix blocks = Matrix.zeros(rows.size(), dimension);
        for (int i = 0; i < rows.size(); i++) {
            float[] block = rows.get(i).features().byMember().get(0);
            for (int k = 0; k < dimension; k++) {
                blocks.set(i, k, block[k]);
            }
        }
        return blocks;
    }

    private static double[] squaredNorms(Matrix rows) {
        double[] norms = new double[rows.rows()];
        for (int i = 0; i < norms.length; i++) {
            for (int k = 0; k < rows.columns(); k++) {
                norms[i] += rows.at(i, k) * rows.at(i, k);
            }
        }
        return norms;
    }
}
