// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.DirectMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.List;

/**
 * Filtered ranking: how many entities score higher than the right one, without those that are known to be right as
 * well; ties count half, {@code rank = 1 + #{s > s_right} + #{s = s_right} / 2}. Thread-safe; spreads its work over the
 * caller's fork-join pool.
 */
public final class LinkEvaluation {
    private static final int SCORES_AT_ONCE = 1 << 24;
    private static final int QUESTIONS_AT_ONCE = 256;
    private static final int OBJECTS_AT_ONCE = 4096;

    private final LinearAlgebra algebra;
    private final AnswerIndex known;

    private LinkEvaluation(LinearAlgebra algebra, AnswerIndex known) {
        this.algebra = algebra;
        this.known = known;
    }

    /** @param known all that is right, as a rule training, development and test triples; at least one part */
    public static LinkEvaluation of(LinearAlgebra algebra, List<Triples> known) {
        return new LinkEvaluation(algebra, AnswerIndex.of(known));
    }

    /** Ranks the tail and the head of each distinct triple that was held out. */
    public LinkMetrics evaluate(GraphVectors vectors, Triples heldOut) {
        AnswerIndex asked = AnswerIndex.of(List.of(heldOut));
        int entities = vectors.entities().rows();
        if (asked.entities() != entities
                || asked.relations() != vectors.relations().rows()) {
            throw new IllegalArgumentException("vectors of another graph");
        }
        DirectMatrix objects = DirectMatrix.zeros(entities, vectors.entities().columns());
        for (int i = 0; i < entities; i++) {
            objects.writeRow(i, vectors.entities(), i);
        }
        int height = Math.max(1, Math.min(QUESTIONS_AT_ONCE, SCORES_AT_ONCE / entities));
        DirectMatrix scores = DirectMatrix.zeros(height, entities);
        double[] ranks = new double[asked.start(asked.questions())];
        for (int from = 0; from < asked.questions(); from += height) {
            int count = Math.min(height, asked.questions() - from);
            int first = from;
            DirectMatrix part = scores.rows(0, count);
            score(vectors, queries(vectors, asked, from, count), objects, part);
            SideBySide.forEach(count, 1, (i, one) -> rank(asked, first + i, row(part, i), ranks));
        }
        return LinkMetrics.of(ranks);
    }

    private void score(GraphVectors vectors, DirectMatrix queries, DirectMatrix objects, DirectMatrix scores) {
        Likeness likeness = vectors.model().likeness(vectors.rank(), algebra);
        SideBySide.forEach(
                objects.rows(),
                OBJECTS_AT_ONCE,
                (from, count) -> likeness.scores(queries, objects.rows(from, count), scores.columns(from, count)));
    }

    private static DirectMatrix queries(GraphVectors vectors, AnswerIndex asked, int from, int count) {
        Composition composition = vectors.model().composition(vectors.rank());
        DirectMatrix queries = DirectMatrix.zeros(count, vectors.entities().columns());
        float[] subject = new float[queries.columns()];
        float[] relation = new float[vectors.relations().columns()];
        float[] query = new float[queries.columns()];
        for (int i = 0; i < count; i++) {
            vectors.entities().readRow(asked.subject(from + i), subject);
            vectors.relations().readRow(asked.relation(from + i), relation);
            composition.query(subject, relation, query);
            queries.writeRow(i, query);
        }
        return queries;
    }

    private static float[] row(DirectMatrix scores, int row) {
        float[] numbers = new float[scores.columns()];
        scores.readRow(row, numbers);
        return numbers;
    }

    private void rank(AnswerIndex asked, int question, float[] scores, double[] ranks) {
        int from = asked.start(question);
        float[] right = new float[asked.start(question + 1) - from];
        for (int i = 0; i < right.length; i++) {
            right[i] = scores[asked.answer(from + i)];
        }
        leaveOut(asked, question, scores);
        int same = known.find(asked.subject(question), asked.relation(question));
        if (same >= 0) {
            leaveOut(known, same, scores);
        }
        for (int i = 0; i < right.length; i++) {
            ranks[from + i] = rank(right[i], scores);
        }
    }

    private static void leaveOut(AnswerIndex index, int question, float[] scores) {
        for (int at = index.start(question); at < index.start(question + 1); at++) {
            scores[index.answer(at)] = Float.NEGATIVE_INFINITY;
        }
    }

    private static double rank(float right, float[] others) {
        int higher = 0;
        int equal = 0;
        for (float other : others) {
            higher += other > right ? 1 : 0;
            equal += other == right ? 1 : 0;
        }
        return 1 + higher + equal / 2.0;
    }
}
