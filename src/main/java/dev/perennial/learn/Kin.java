// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;

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

    private record Near(int row, double squaredDistance) {

        boolean isNearerThan(Near other) {
            return squaredDistance < other.squaredDistance
                    || (squaredDistance == other.squaredDistance && row < other.row);
        }
    }

    /**
     * What a member sees of some rows.
     *
     * @param first position of the first of them
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Blocks(FloatMatrix vectors, double[] squaredNorms, int first) {

        static Blocks of(int member, List<Row> rows, int first) {
            int dimension = rows.get(0).features().byMember().get(member).length;
            FloatMatrix vectors = FloatMatrix.zeros(rows.size(), dimension);
            double[] norms = new double[rows.size()];
            for (int i = 0; i < norms.length; i++) {
                System.arraycopy(
                        rows.get(i).features().byMember().get(member), 0, vectors.data(), i * dimension, dimension);
                norms[i] = vectors.dot(i, i);
            }
            return new Blocks(vectors, norms, first);
        }
    }

    /**
     * @param member position of the member that tells kin
     * @param heldOut rows to find the kin of
     * @param all rows among which to look, the held-out ones first
     */
    static Kin of(LinearAlgebra algebra, int member, List<Row> heldOut, List<Row> all) {
        List<List<Near>> near = new ArrayList<>();
        heldOut.forEach(row -> near.add(new ArrayList<>()));
        if (!heldOut.isEmpty()) {
            Blocks left = Blocks.of(member, heldOut, 0);
            for (int from = 0; from < all.size(); from += BATCH) {
                List<Row> batch = all.subList(from, Math.min(all.size(), from + BATCH));
                Blocks right = Blocks.of(member, batch, from);
                FloatMatrix values = algebra.multiplyTransposed(left.vectors(), right.vectors());
                collect(new Products(values, left, right), batch, near);
            }
        }
        return assemble(heldOut, all, near);
    }

    /** Rows without any kin. */
    static Kin none(List<Row> heldOut) {
        return new Kin(heldOut, heldOut.stream().map(row -> List.<Integer>of()).toList());
    }

    /**
     * The same kin, of other rows with the same keys.
     *
     * @param others those and more
     */
    Kin among(List<Row> others) {
        Map<String, Row> byKey = new HashMap<>();
        others.forEach(row -> byKey.put(row.key(), row));
        return new Kin(
                rows.stream()
                        .map(row -> Objects.requireNonNull(byKey.get(row.key())))
                        .toList(),
                kin);
    }

    /** Whether no row has any. */
    boolean isEmpty() {
        return kin.stream().allMatch(List::isEmpty);
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

    /** A product of held-out rows and a batch of all rows. */
    private record Products(FloatMatrix values, Blocks left, Blocks right) {
        double squaredDistance(int i, int j) {
            return left.squaredNorms()[i] + right.squaredNorms()[j] - 2 * values.at(i, j);
        }
    }

    private static void collect(Products products, List<Row> batch, List<List<Near>> near) {
        IntStream.range(0, products.values().rows()).parallel().forEach(i -> {
            for (int j = 0; j < batch.size(); j++) {
                int row = products.right().first() + j;
                double squaredDistance = products.squaredDistance(i, j);
                if (squaredDistance < CLOSE && row != i && batch.get(j).heldOut()) {
                    insert(new Near(row, squaredDistance), near.get(i));
                }
            }
        });
    }

    /** Keeps the nearest, nearest first: texts written by a template may all be near one another. */
    private static void insert(Near candidate, List<Near> nearest) {
        int at = nearest.size();
        while (at > 0 && candidate.isNearerThan(nearest.get(at - 1))) {
            at--;
        }
        if (at < MOST) {
            nearest.add(at, candidate);
            if (nearest.size() > MOST) {
                nearest.remove(MOST);
            }
        }
    }

    private static Kin assemble(List<Row> heldOut, List<Row> all, List<List<Near>> near) {
        List<List<Integer>> chosen = new ArrayList<>();
        TreeSet<Integer> others = new TreeSet<>();
        for (List<Near> nearest : near) {
            List<Integer> kin = nearest.stream().map(Near::row).toList();
            chosen.add(kin);
            kin.stream().filter(row -> row >= heldOut.size()).forEach(others::add);
        }
        List<Row> rows = new ArrayList<>(heldOut);
        List<Integer> order = new ArrayList<>(others);
        order.forEach(row -> rows.add(all.get(row)));
        Map<Integer, Integer> positionByRow = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            positionByRow.put(order.get(i), heldOut.size() + i);
        }
        List<List<Integer>> positions = chosen.stream()
                .map(kin -> kin.stream()
                        .map(row -> positionByRow.getOrDefault(row, row))
                        .toList())
                .toList();
        return new Kin(rows, positions);
    }
}
