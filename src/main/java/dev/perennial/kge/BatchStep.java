// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * One step of learning: scores of all questions and objects of a batch, their loss, its gradient for all rows that take
 * part, and what is done with that. Holds the memory of one batch, owned by one training; spreads the work over the
 * caller's fork-join pool.
 */
final class BatchStep {
    private static final int QUESTIONS_AT_ONCE = 128;
    private static final int OBJECTS_AT_ONCE = 512;

    private final GraphVectors vectors;
    private final Composition composition;
    private final Likeness likeness;
    private final Loss loss;
    private final EntityGradient entityGradient;
    private final RelationGradient relationGradient;
    private final Optional<RelationGuess> guess;
    private final Work work;

    /** @param room what the largest batch needs */
    BatchStep(TrainingSettings settings, GraphVectors vectors, LinearAlgebra algebra, Room room) {
        this.vectors = vectors;
        this.composition = settings.model().composition(settings.rank());
        this.likeness = settings.model().likeness(settings.rank(), algebra);
        this.loss = settings.model().isProduct()
                ? new SoftmaxLoss()
                : new ContrastLoss(settings.margin(), settings.temperature());
        this.guess = composition instanceof Composition.Product product && settings.relationWeight() > 0
                ? Optional.of(new RelationGuess(
                        algebra,
                        settings.relationWeight(),
                        product,
                        vectors.relations(),
                        room.questions * EpochPlan.MOST_ANSWERS))
                : Optional.empty();
        this.work = new Work(room, vectors.entities().columns());
        this.entityGradient = new EntityGradient(vectors, composition, settings.regularization(), guess);
        this.relationGradient = new RelationGradient(vectors, composition, settings.regularization(), guess);
    }

    /** The most that a batch may have of each. */
    record Room(int questions, int objects) {}

    /** What is done with gradients. */
    record Updates(RowUpdate entities, RowUpdate relations) {}

    /** Memory of a batch: rows of objects and queries, what they score, and the gradients of all of these. */
    static final class Work {
        private final DirectMatrix allObjects;
        private final DirectMatrix allObjectGradients;
        private final DirectMatrix allQueries;
        private final DirectMatrix allQueryGradients;
        private final DirectMatrix allScores;

        Work(Room room, int width) {
            allObjects = DirectMatrix.zeros(room.objects, width);
            allObjectGradients = DirectMatrix.zeros(room.objects, width);
            allQueries = DirectMatrix.zeros(room.questions, width);
            allQueryGradients = DirectMatrix.zeros(room.questions, width);
            allScores = DirectMatrix.zeros(room.questions, room.objects);
        }

        Part of(Batch batch) {
            int objects = batch.objects().length;
            int questions = batch.questions();
            return new Part(
                    batch,
                    allObjects.rows(0, objects),
                    allObjectGradients.rows(0, objects),
                    allQueries.rows(0, questions),
                    allQueryGradients.rows(0, questions),
                    allScores.rows(0, questions).columns(0, objects));
        }
    }

    /** What of the memory a batch takes. */
    record Part(
            Batch batch,
            DirectMatrix objects,
            DirectMatrix objectGradients,
            DirectMatrix queries,
            DirectMatrix queryGradients,
            DirectMatrix scores) {}

    /**
     * Learns from a batch.
     *
     * @return the loss without the regularisation, as a sum over the batch's triples
     */
    double learn(Batch batch, Updates updates) {
        Part part = work.of(batch);
        SideBySide.forEach(batch.objects().length, OBJECTS_AT_ONCE, (from, count) -> gather(part, from, count));
        guess.ifPresent(RelationGuess::begin);
        double[] losses = new double[batch.questions()];
        SideBySide.forEach(batch.questions(), QUESTIONS_AT_ONCE, (from, count) -> {
            compose(part, from, count);
            losses[from] = compare(part, from, count)
                    + guess.map(one -> one.guess(batch, part.objects, from, count))
                            .orElse(0.0);
        });
        guess.ifPresent(one -> one.finish(batch.triples()));
        // All gradients of relations are worked out before the first row changes.
        Runnable relationUpdate = relationGradient.of(part, updates.relations);
        EntityGradient.Lists lists = EntityGradient.Lists.of(batch);
        SideBySide.forEach(batch.objects().length, OBJECTS_AT_ONCE, (from, count) -> {
            DirectMatrix gradients = part.objectGradients.rows(from, count);
            likeness.objectGradient(
                    new Likeness.Scored(part.scores.columns(from, count), part.queries, part.objects.rows(from, count)),
                    gradients);
            entityGradient.update(new EntityGradient.Slab(part, lists, from, count), updates.entities);
        });
        relationUpdate.run();
        return DoubleStream.of(losses).sum();
    }

    private void gather(Part part, int from, int count) {
        for (int i = from; i < from + count; i++) {
            part.objects.writeRow(i, vectors.entities(), part.batch.objects()[i]);
        }
    }

    private void compose(Part part, int from, int count) {
        float[] subject = new float[part.objects.columns()];
        float[] relation = new float[vectors.relations().columns()];
        float[] query = new float[part.objects.columns()];
        for (int q = from; q < from + count; q++) {
            part.objects.readRow(part.batch.subjects()[q], subject);
            vectors.relations().readRow(part.batch.relations()[q], relation);
            composition.query(subject, relation, query);
            part.queries.writeRow(q, query);
        }
    }

    private double compare(Part part, int from, int count) {
        DirectMatrix queries = part.queries.rows(from, count);
        DirectMatrix scores = part.scores.rows(from, count);
        likeness.scores(queries, part.objects, scores);
        float[] row = new float[scores.columns()];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            scores.readRow(i, row);
            sum += loss.apply(row, part.batch, from + i);
            scores.writeRow(i, row);
        }
        likeness.queryGradient(
                new Likeness.Scored(scores, queries, part.objects), part.queryGradients.rows(from, count));
        return sum;
    }
}
