// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import dev.perennial.math.Softmax;

/**
 * The cross-entropy of a triple's relation among all relations, given both entities (arXiv 2110.02834): the score
 * {@code <s r, o>} is the inner product of the relation with {@code conj(s) o}. Holds the work of one batch.
 */
final class RelationGuess {
    private static final int HEIGHT = 64;

    private final LinearAlgebra algebra;
    private final float weight;
    private final Composition.Product product;
    private final FloatMatrix relations;
    private final DirectMatrix candidates;
    private final DirectMatrix pairs;
    private final DirectMatrix shares;
    private final DirectMatrix pairGradient;
    private final DirectMatrix relationGradient;

    /** @param triples most that a batch may have */
    RelationGuess(
            LinearAlgebra algebra, float weight, Composition.Product product, FloatMatrix relations, int triples) {
        this.algebra = algebra;
        this.weight = weight;
        this.product = product;
        this.relations = relations;
        this.candidates = DirectMatrix.zeros(relations.rows(), relations.columns());
        this.relationGradient = DirectMatrix.zeros(relations.rows(), relations.columns());
        this.pairs = DirectMatrix.zeros(triples, relations.columns());
        this.pairGradient = DirectMatrix.zeros(triples, relations.columns());
        this.shares = DirectMatrix.zeros(triples, relations.rows());
    }

    /** Takes the relations as they are now. */
    void begin() {
        for (int relation = 0; relation < relations.rows(); relation++) {
            candidates.writeRow(relation, relations, relation);
        }
    }

    /** The triples of some questions. Returns their loss. */
    double guess(Batch batch, DirectMatrix objects, int question, int questions) {
        int from = batch.starts()[question];
        int count = batch.starts()[question + questions] - from;
        if (count == 0) {
            return 0;
        }
        float[] subject = new float[objects.columns()];
        float[] object = new float[objects.columns()];
        float[] pair = new float[objects.columns()];
        for (int q = question; q < question + questions; q++) {
            objects.readRow(batch.subjects()[q], subject);
            for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                objects.readRow(batch.answers()[t], object);
                product.conjugateTimes(subject, object, pair);
                pairs.writeRow(t, pair);
            }
        }
        DirectMatrix part = shares.rows(from, count);
        algebra.multiplyTransposed(pairs.rows(from, count), candidates, part);
        double loss = softmax(batch, question, questions);
        algebra.multiply(part, candidates, pairGradient.rows(from, count));
        return loss;
    }

    private double softmax(Batch batch, int question, int questions) {
        float[] scores = new float[shares.columns()];
        double loss = 0;
        for (int q = question; q < question + questions; q++) {
            int right = batch.relations()[q];
            for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                shares.readRow(t, scores);
                loss -= scores[right];
                loss += Softmax.apply(scores, scores.length);
                scores[right] -= 1;
                for (int r = 0; r < scores.length; r++) {
                    scores[r] *= weight / batch.triples();
                }
                shares.writeRow(t, scores);
            }
        }
        return weight * loss;
    }

    /** Works the gradient of the relations out. */
    void finish(int triples) {
        DirectMatrix all = pairs.rows(0, triples);
        SideBySide.forEach(
                relations.rows(),
                HEIGHT,
                (from, count) -> algebra.transposedMultiply(
                        shares.rows(0, triples).columns(from, count), all, relationGradient.rows(from, count)));
    }

    Composition.Product product() {
        return product;
    }

    /** The gradient of {@code conj(s) o} of a triple. */
    void pairGradient(int triple, float[] gradient) {
        pairGradient.readRow(triple, gradient);
    }

    void relationGradient(int relation, float[] gradient) {
        relationGradient.readRow(relation, gradient);
    }
}
