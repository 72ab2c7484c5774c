// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Matrix;
import dev.perennial.member.Features;
import dev.perennial.member.RandomFeatures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sufficient statistics of a ridge regression over fixed features: the Gram matrix {@code G = sum w phi phi'} and
 * {@code Q = sum w phi y'} of a set of rows.
 *
 * <p>Features, targets and weights are in fixed point, so both sums are exact: whatever the order in which rows came and
 * went, equal sets have equal bits, and taking a row out leaves no trace of it. Not safe for concurrent use; owned by the
 * task's teaching lock.
 */
final class Ledger {
    private static final int BATCH = 1024;

    private final LinearAlgebra algebra;
    private final RandomFeatures features;
    private final Matrix gram;
    private final Map<String, Row> rowByKey = new HashMap<>();
    private Matrix cross;

    Ledger(LinearAlgebra algebra, RandomFeatures features, int outputs) {
        this.algebra = algebra;
        this.features = features;
        this.gram = Matrix.zeros(features.size(), features.size());
        this.cross = Matrix.zeros(features.size(), outputs);
    }

    RandomFeatures features() {
        return features;
    }

    int outputs() {
        return cross.columns();
    }

    /** Copy of G, to be factorised. */
    Matrix gram() {
        return gram.copy();
    }

    /** Copy of Q, to be solved for. */
    Matrix cross() {
        return cross.copy();
    }

    long bytes() {
        return Double.BYTES * ((long) gram.data().length + cross.data().length);
    }

    /** Makes the rows exactly the given ones, by adding what is new and subtracting what is gone. */
    void become(List<Row> rows) {
        Map<String, Row> wanted = new HashMap<>();
        List<Row> added = new ArrayList<>();
        for (Row row : rows) {
            wanted.put(row.key(), row);
            if (!rowByKey.containsKey(row.key())) {
                added.add(row);
            }
        }
        List<Row> gone = rowByKey.values().stream()
                .filter(row -> !wanted.containsKey(row.key()))
                .toList();
        add(added, 1);
        add(gone, -1);
        added.forEach(row -> rowByKey.put(row.key(), row));
        gone.forEach(row -> rowByKey.remove(row.key()));
    }

    private void add(List<Row> rows, int sign) {
        for (int from = 0; from < rows.size(); from += BATCH) {
            List<Row> batch = rows.subList(from, Math.min(rows.size(), from + BATCH));
            List<Features> inputs = batch.stream().map(Row::features).toList();
            Matrix phi = features.of(inputs, algebra);
            Matrix weighted = phi.copy();
            for (int i = 0; i < batch.size(); i++) {
                double weight = sign * batch.get(i).weight();
                int row = i * weighted.columns();
                for (int j = 0; j < weighted.columns(); j++) {
                    weighted.data()[row + j] *= weight;
                }
            }
            algebra.addTransposedProduct(weighted, phi, gram);
            algebra.addTransposedProduct(weighted, KernelFit.targets(batch), cross);
        }
    }
}
