// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The row of an entity that came after the training: a few steps on its own triples, while all other rows stay as they
 * are. Only the entities that the triples name and the drawn ones are looked at. Owned by one thread.
 */
public final class NewEntity {
    private final GraphVectors vectors;
    private final TrainingSettings settings;
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private final List<Integer> entities = new ArrayList<>();

    private NewEntity(GraphVectors vectors, TrainingSettings settings) {
        this.vectors = vectors;
        this.settings = settings;
    }

    /**
     * Learns the row.
     *
     * @param vectors of all other entities
     * @param triples about the new entity, whose number is the first that {@code vectors} does not have
     * @param settings those of the vectors; {@code epochs} is the number of steps over all triples
     */
    public static float[] row(GraphVectors vectors, Triples triples, TrainingSettings settings, LinearAlgebra algebra) {
        if (settings.model() != vectors.model()
                || settings.rank() != vectors.rank()
                || triples.entities() != vectors.entities().rows() + 1
                || 2 * triples.relations() != vectors.relations().rows()) {
            throw new IllegalArgumentException("triples or settings that do not fit the vectors");
        }
        return new NewEntity(vectors, settings).row(triples, algebra);
    }

    private float[] row(Triples triples, LinearAlgebra algebra) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        number(vectors.entities().rows());
        AnswerIndex index = AnswerIndex.of(List.of(renumbered(triples)));
        draw(random);
        GraphVectors few = rows(random);
        BatchSource source = new BatchSource(entities.size(), settings.negatives(), triples.entities());
        BatchStep step = new BatchStep(
                settings, few, algebra, new BatchStep.Room(settings.batch(), source.mostObjects(settings.batch())));
        FloatMatrix squares = FloatMatrix.zeros(1, few.entities().columns());
        Adagrad adagrad = new Adagrad(few.entities(), squares, settings.learningRate());
        BatchStep.Updates updates = new BatchStep.Updates(
                (row, gradient) -> {
                    if (row == 0) {
                        adagrad.apply(row, gradient);
                    }
                },
                (row, gradient) -> {});
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            EpochPlan plan = EpochPlan.of(index, random);
            for (int turn = 0; turn < plan.turns(); turn += settings.batch()) {
                int end = Math.min(plan.turns(), turn + settings.batch());
                step.learn(source.batch(plan, turn, end, random), updates);
            }
        }
        float[] row = new float[few.entities().columns()];
        few.entities().readRow(0, row);
        return row;
    }

    /** The same triples among the entities that are looked at, of which the new one is the first. */
    private Triples renumbered(Triples triples) {
        int[] heads = new int[triples.size()];
        int[] relations = new int[triples.size()];
        int[] tails = new int[triples.size()];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = number(triples.head(i));
            relations[i] = triples.relation(i);
            tails[i] = number(triples.tail(i));
        }
        Triples.Vocabulary vocabulary = new Triples.Vocabulary(entities.size(), triples.relations());
        return Triples.of(vocabulary, heads, relations, tails);
    }

    private void draw(SplittableRandom random) {
        int all = vectors.entities().rows() + 1;
        int wanted = settings.negatives() == 0 ? all : Math.min(all, entities.size() + settings.negatives());
        if (wanted == all) {
            for (int entity = 0; entity < all; entity++) {
                number(entity);
            }
        }
        while (entities.size() < wanted) {
            number(random.nextInt(all));
        }
    }

    private int number(int entity) {
        Integer known = numbers.get(entity);
        if (known != null) {
            return known;
        }
        numbers.put(entity, entities.size());
        entities.add(entity);
        return entities.size() - 1;
    }

    private GraphVectors rows(SplittableRandom random) {
        FloatMatrix few = FloatMatrix.zeros(entities.size(), vectors.entities().columns());
        for (int i = 1; i < entities.size(); i++) {
            int columns = few.columns();
            System.arraycopy(vectors.entities().data(), entities.get(i) * columns, few.data(), i * columns, columns);
        }
        for (int k = 0; k < few.columns(); k++) {
            few.data()[k] = (float) (settings.initialScale() * random.nextGaussian());
        }
        return new GraphVectors(vectors.model(), vectors.rank(), few, vectors.relations());
    }
}
