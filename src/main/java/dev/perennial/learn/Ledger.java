// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.GramMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.RandomFeatures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sufficient statistics of a ridge regression over fixed features: the Gram matrix {@code G = sum w phi phi'} and
 * {@code Q = sum w phi y'} of a set of rows.
 *
 * <p>Features, targets and weights are in fixed point, so both sums are exact: whatever the order in which rows came
 * and went, equal sets have equal bits, and taking a row out leaves no trace of it. Not safe for concurrent use; owned
 * by the task's teaching lock.
 */
final class Ledger {
    private static final int BATCH = 1024;

    private final RandomFeatures features;
    private final LinearAlgebra algebra;
    private GramMatrix gram;
    private Map<String, Row> rowByKey = new HashMap<>();
    private List<String> labels = List.of();
    private boolean unfinished;
    /** Q transposed: one row per output, so that a row of one label touches memory of one output. */
    private Matrix cross;

    Ledger(LinearAlgebra algebra, RandomFeatures features) {
        this.algebra = algebra;
        this.features = features;
        this.gram = algebra.gramMatrix(features.size());
        this.cross = Matrix.zeros(0, features.size());
    }

    RandomFeatures features() {
        return features;
    }

    int outputs() {
        return cross.rows();
    }

    /** G, to be factorised. */
    GramMatrix gram() {
        return gram;
    }

    /** Copy of Q, to be solved for. */
    Matrix cross() {
        Matrix copy = Matrix.zeros(features.size(), cross.rows());
        for (int c = 0; c < cross.rows(); c++) {
            for (int j = 0; j < copy.rows(); j++) {
                copy.set(j, c, cross.at(c, j));
            }
        }
        return copy;
    }

    long bytes() {
        return Double.BYTES * ((long) gram.size() * gram.size() + cross.data().length);
    }

    /**
     * Makes the rows exactly the given ones, by subtracting what is gone and adding what is new.
     *
     * @param rows all rows, with targets in the order of the outputs
     * @param newLabels names of the outputs; empty when there is one without a name
     * @param outputs number of outputs
     */
    void become(List<Row> rows, List<String> newLabels, int outputs) {
        if (unfinished) {
            clear();
        }
        unfinished = true;
        Map<String, Row> wanted = new HashMap<>();
        rows.forEach(row -> wanted.put(row.key(), asAdded(row)));
        add(
                rowByKey.values().stream()
                        .filter(row -> !wanted.containsKey(row.key()))
                        .toList(),
                -1);
        rename(newLabels, outputs);
        add(rows.stream().filter(row -> !rowByKey.containsKey(row.key())).toList(), 1);
        rowByKey = wanted;
        unfinished = false;
    }

    /** What was added is what can be taken out again; only the outputs may have another order since. */
    private Row asAdded(Row row) {
        Row added = rowByKey.get(row.key());
        return added == null
                ? row
                : new Row(row.key(), added.features(), row.target(), added.weight(), row.prior(), row.heldOut());
    }

    /** A change that did not come to its end has left sums of nobody knows which rows. */
    private void clear() {
        gram = algebra.gramMatrix(features.size());
        cross = Matrix.zeros(0, features.size());
        labels = List.of();
        rowByKey = new HashMap<>();
    }

    private void rename(List<String> newLabels, int outputs) {
        if (labels.equals(newLabels) && cross.rows() == outputs) {
            return;
        }
        Matrix renamed = Matrix.zeros(outputs, features.size());
        for (int c = 0; c < newLabels.size(); c++) {
            int before = labels.indexOf(newLabels.get(c));
            if (before >= 0) {
                renamed.setRow(c, cross.row(before));
            }
        }
        cross = renamed;
        labels = newLabels;
    }

    private void add(List<Row> rows, int sign) {
        // Rows of weight 1 are nearly all there are, and half the work together.
        Map<Boolean, List<Row>> plain = rows.stream().collect(Collectors.partitioningBy(row -> row.weight() == 1));
        for (List<Row> alike : List.of(plain.get(true), plain.get(false))) {
            for (int from = 0; from < alike.size(); from += BATCH) {
                addBatch(alike.subList(from, Math.min(alike.size(), from + BATCH)), sign);
            }
        }
    }

    private void addBatch(List<Row> batch, int sign) {
        Matrix phi = features.of(batch.stream().map(Row::features).toList()).widened();
        gram.add(phi, batch.stream().mapToDouble(row -> sign * row.weight()).toArray());
        for (int i = 0; i < batch.size(); i++) {
            Row row = batch.get(i);
            for (int c = 0; c < row.target().length; c++) {
                addScaled(phi, i, sign * row.weight() * row.target()[c], c);
            }
        }
    }

    private void addScaled(Matrix phi, int row, double factor, int output) {
        if (factor == 0) {
            return;
        }
        int from = row * phi.columns();
        int to = output * phi.columns();
        for (int j = 0; j < phi.columns(); j++) {
            cross.data()[to + j] += factor * phi.data()[from + j];
        }
    }
}
