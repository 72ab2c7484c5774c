// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.blas.OpenBlas;
import dev.perennial.kge.Triples.Vocabulary;
import dev.perennial.math.FloatMatrix;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients of every model and loss against finite differences of a plain objective. */
final class BatchStepTest {
    private static final long SEED = Long.getLong("perennial.seed", 11);
    private static final double STEP = 1e-5;
    private static final int QUESTIONS = 9;
    private final OpenBlas algebra = new OpenBlas(0);

    @ParameterizedTest
    @CsvSource({
        // model, negatives, regularization, relationWeight, temperature
        "COMPLEX, 0, 0, 0, 0",
        "COMPLEX, 0, 0.3, 0, 0",
        "COMPLEX, 0, 0, 0.7, 0",
        "COMPLEX, 4, 0.3, 0.7, 0",
        "DISTMULT, 0, 0, 0, 0",
        "DISTMULT, 0, 0.3, 0, 0",
        "DISTMULT, 4, 0.3, 0.7, 0",
        "ROTATE, 4, 0, 0, 0",
        "ROTATE, 4, 0, 0, 0.8",
        "TRANSE, 4, 0, 0, 0",
        "TRANSE, 4, 0, 0, 0.8",
    })
    void gradients_areThoseOfFiniteDifferences(
            GraphModel model, int negatives, float regularization, float relationWeight, float temperature) {
        TrainingSettings settings = new TrainingSettings(
                model, 3, 1, QUESTIONS, negatives, 0.1f, 0.7f, regularization, relationWeight, 2, temperature, SEED);
        Triples triples = Graphs.random(new Vocabulary(20, 3), 12, new Random(SEED));
        GraphVectors vectors = GraphVectors.initial(settings, 20, 3);
        SplittableRandom random = new SplittableRandom(SEED);
        EpochPlan plan = EpochPlan.of(AnswerIndex.of(List.of(triples)), random);
        BatchSource source = new BatchSource(20, negatives);
        Batch batch = source.batch(plan, 0, QUESTIONS, random);
        double[][] entities = rows(vectors.entities());
        double[][] relations = rows(vectors.relations());
        double[][] entityGradients = new double[20][entities[0].length];
        double[][] relationGradients = new double[6][relations[0].length];

        double loss = new BatchStep(
                        settings, vectors, algebra, new BatchStep.Room(QUESTIONS, source.mostObjects(QUESTIONS)))
                .learn(batch, new BatchStep.Updates(into(entityGradients), into(relationGradients)));

        PlainObjective objective = new PlainObjective(settings, batch, entities, relations);
        assertThat(loss).isCloseTo(objective.loss(entities, relations), within(1e-3));
        assertDifferences(objective, entities, new double[][][] {entities, relations}, entityGradients);
        assertDifferences(objective, relations, new double[][][] {entities, relations}, relationGradients);
    }

    private static void assertDifferences(
            PlainObjective objective, double[][] changed, double[][][] all, double[][] gradients) {
        double largest = 0;
        for (int i = 0; i < changed.length; i++) {
            for (int k = 0; k < changed[i].length; k++) {
                double kept = changed[i][k];
                changed[i][k] = kept + STEP;
                double above = objective.mean(all[0], all[1]);
                changed[i][k] = kept - STEP;
                double below = objective.mean(all[0], all[1]);
                changed[i][k] = kept;
                double expected = (above - below) / (2 * STEP);
                assertThat(gradients[i][k]).isCloseTo(expected, within(2e-4 * (1 + Math.abs(expected))));
                largest = Math.max(largest, Math.abs(expected));
            }
        }
        assertThat(largest).isGreaterThan(0.02);
    }

    private static RowUpdate into(double[][] gradients) {
        return (row, gradient) -> {
            for (int k = 0; k < gradients[row].length; k++) {
                gradients[row][k] += gradient[k];
            }
        };
    }

    private static double[][] rows(FloatMatrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < rows[i].length; k++) {
                rows[i][k] = matrix.at(i, k);
            }
        }
        return rows;
    }
}
