// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;
import java.util.Optional;

/** The gradient of a relation's row: of its questions, of guessing it, and of the regularisation. Thread-safe. */
record RelationGradient(
        GraphVectors vectors, Composition composition, float regularization, Optional<RelationGuess> guess) {

    /** Works the gradients out at once; the update of the rows is left to be run. */
    Runnable of(BatchStep.Part part, RowUpdate rows) {
        int relations = vectors.relations().rows();
        FloatMatrix gradients = FloatMatrix.zeros(relations, vectors.relations().columns());
        Groups questions = Groups.of(part.batch().relations(), part.batch().questions(), relations);
        SideBySide.forEach(relations, 1, (relation, one) -> write(part, questions, relation, gradients));
        return () -> {
            float[] gradient = new float[gradients.columns()];
            for (int relation = 0; relation < relations; relation++) {
                if (guess.isPresent() || questions.end(relation) > questions.start(relation)) {
                    gradients.readRow(relation, gradient);
                    rows.apply(relation, gradient);
                }
            }
        };
    }

    private void write(BatchStep.Part part, Groups questions, int relation, FloatMatrix gradients) {
        float[] sum = new float[gradients.columns()];
        guess.ifPresent(one -> one.relationGradient(relation, sum));
        if (questions.end(relation) > questions.start(relation)) {
            int triples = 0;
            float[] queryGradient = new float[part.queries().columns()];
            float[] subject = new float[part.queries().columns()];
            float[] query = new float[part.queries().columns()];
            float[] term = new float[gradients.columns()];
            for (int i = questions.start(relation); i < questions.end(relation); i++) {
                int question = questions.item(i);
                triples += part.batch().answersOf(question);
                part.queryGradients().readRow(question, queryGradient);
                part.objects().readRow(part.batch().subjects()[question], subject);
                part.queries().readRow(question, query);
                composition.relationGradient(queryGradient, subject, query, term);
                add(term, sum);
            }
            regularize(relation, triples / (float) part.batch().triples(), sum);
        }
        System.arraycopy(sum, 0, gradients.data(), relation * gradients.columns(), sum.length);
    }

    private void regularize(int relation, float share, float[] sum) {
        if (regularization > 0 && composition instanceof Composition.Product product) {
            float[] own = new float[sum.length];
            float[] term = new float[sum.length];
            vectors.relations().readRow(relation, own);
            product.cubeGradient(own, regularization * share, term);
            add(term, sum);
        }
    }

    private static void add(float[] term, float[] sum) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += term[k];
        }
    }
}
