// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;
import java.util.SplittableRandom;

/**
 * A row for each entity and two for each relation, of which the second is its inverse's. Mutable while it is trained,
 * by one training; safe for concurrent use from then on.
 *
 * @param model how rows are made into scores
 * @param rank real or complex numbers of a row
 * @param entities one row each
 * @param relations one row each, and then the inverse of each
 */
public record GraphVectors(GraphModel model, int rank, FloatMatrix entities, FloatMatrix relations) {
    public GraphVectors {
        if (entities.columns() != model.entityWidth(rank)
                || relations.columns() != model.relationWidth(rank)
                || relations.rows() % 2 != 0) {
            throw new IllegalArgumentException("the rows do not fit the model");
        }
    }

    /** Rows to begin with. */
    static GraphVectors initial(TrainingSettings settings, int entities, int relations) {
        GraphVectors vectors = new GraphVectors(
                settings.model(),
                settings.rank(),
                FloatMatrix.zeros(entities, settings.model().entityWidth(settings.rank())),
                FloatMatrix.zeros(2 * relations, settings.model().relationWidth(settings.rank())));
        SplittableRandom random = new SplittableRandom(settings.seed());
        scatter(vectors.entities.data(), settings.initialScale(), random);
        if (settings.model() == GraphModel.ROTATE) {
            float[] angles = vectors.relations.data();
            for (int i = 0; i < angles.length; i++) {
                angles[i] = (float) random.nextDouble(-Math.PI, Math.PI);
            }
        } else {
            scatter(vectors.relations.data(), settings.initialScale(), random);
        }
        return vectors;
    }

    private static void scatter(float[] numbers, float scale, SplittableRandom random) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (scale * random.nextGaussian());
        }
    }

    /** How likely a triple is, next to others of the same vectors; higher is likelier. */
    public float score(int head, int relation, int tail) {
        Composition composition = model.composition(rank);
        float[] subject = new float[entities.columns()];
        float[] operator = new float[relations.columns()];
        float[] query = new float[entities.columns()];
        entities.readRow(head, subject);
        relations.readRow(relation, operator);
        composition.query(subject, operator, query);
        entities.readRow(tail, subject);
        return model.isProduct()
                ? dot(query, subject)
                : new Distance(model == GraphModel.ROTATE, rank).score(query, subject);
    }

    private static float dot(float[] query, float[] object) {
        float sum = 0;
        for (int k = 0; k < query.length; k++) {
            sum += query[k] * object[k];
        }
        return sum;
    }
}
