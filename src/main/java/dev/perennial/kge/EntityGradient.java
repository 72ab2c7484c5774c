// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import java.util.Optional;

/**
 * The gradient of an entity's row: as an object of all questions, as the subject of some, as an answer whose relation
 * is guessed, and of the regularisation. Thread-safe.
 */
record EntityGradient(
        GraphVectors vectors, Composition composition, float regularization, Optional<RelationGuess> guess) {

    /** Questions by subject and triples by answer. */
    @SuppressWarnings("ArrayRecordComponent")
    record Lists(Groups questions, Groups triples, int[] questionOfTriple) {
        static Lists of(Batch batch) {
            int[] questionOfTriple = new int[batch.triples()];
            for (int q = 0; q < batch.questions(); q++) {
                for (int t = batch.starts()[q]; t < batch.starts()[q + 1]; t++) {
                    questionOfTriple[t] = q;
                }
            }
            return new Lists(
                    Groups.of(batch.subjects(), batch.questions(), batch.objects().length),
                    Groups.of(batch.answers(), batch.triples(), batch.objects().length),
                    questionOfTriple);
        }
    }

    /** Objects {@code from} to {@code from + count - 1} of a batch. */
    record Slab(BatchStep.Part part, Lists lists, int from, int count) {}

    void update(Slab slab, RowUpdate rows) {
        Turn turn = new Turn(slab.part, slab.lists);
        for (int i = slab.from; i < slab.from + slab.count; i++) {
            slab.part.objectGradients().readRow(i, turn.sum);
            if (i < slab.part.batch().named()) {
                turn.add(i);
            }
            rows.apply(slab.part.batch().objects()[i], turn.sum);
        }
    }

    /** Work on one entity after the other. */
    private final class Turn {
        private final Batch batch;
        private final DirectMatrix objects;
        private final DirectMatrix queryGradients;
        private final Lists lists;
        private final float[] sum;
        private final float[] own;
        private final float[] other;
        private final float[] relation;
        private final float[] term;

        Turn(BatchStep.Part part, Lists lists) {
            this.batch = part.batch();
            this.objects = part.objects();
            this.queryGradients = part.queryGradients();
            this.lists = lists;
            this.sum = new float[objects.columns()];
            this.own = new float[objects.columns()];
            this.other = new float[objects.columns()];
            this.relation = new float[vectors.relations().columns()];
            this.term = new float[objects.columns()];
        }

        void add(int object) {
            int triples = lists.triples.end(object) - lists.triples.start(object);
            for (int i = lists.questions.start(object); i < lists.questions.end(object); i++) {
                int question = lists.questions.item(i);
                asSubject(question);
                guess.ifPresent(one -> asSubjectOfGuesses(one, question));
                triples += batch.answersOf(question);
            }
            guess.ifPresent(one -> asAnswerOfGuesses(one, object));
            if (regularization > 0 && triples > 0 && composition instanceof Composition.Product product) {
                objects.readRow(object, own);
                product.cubeGradient(own, regularization * triples / batch.triples(), term);
                addTerm();
            }
        }

        private void asSubject(int question) {
            queryGradients.readRow(question, other);
            vectors.relations().readRow(batch.relations()[question], relation);
            composition.subjectGradient(other, relation, term);
            addTerm();
        }

        private void asSubjectOfGuesses(RelationGuess one, int question) {
            for (int t = batch.starts()[question]; t < batch.starts()[question + 1]; t++) {
                one.pairGradient(t, own);
                objects.readRow(batch.answers()[t], other);
                one.product().conjugateTimes(own, other, term);
                addTerm();
            }
        }

        private void asAnswerOfGuesses(RelationGuess one, int object) {
            for (int i = lists.triples.start(object); i < lists.triples.end(object); i++) {
                int triple = lists.triples.item(i);
                one.pairGradient(triple, own);
                objects.readRow(batch.subjects()[lists.questionOfTriple[triple]], other);
                one.product().times(own, other, term);
                addTerm();
            }
        }

        private void addTerm() {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += term[k];
            }
        }
    }
}
