// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.blas.OpenBlas;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class GraphTrainingTest {
    private static final long SEED = Long.getLong("perennial.seed", 2);
    private static final Graphs.Split BOARD = Graphs.board(9, SEED);
    private final OpenBlas algebra = new OpenBlas(0);

    /** After the mark and the name COMPLEX. */
    private static final int RANK_AT = Integer.BYTES + Short.BYTES + 7;

    private static TrainingSettings settings(GraphModel model, int epochs, int negatives) {
        return model.isProduct()
                ? new TrainingSettings(model, 12, epochs, 32, negatives, 0.1f, 1e-3f, 0.01f, 0.1f, 0, 0, SEED)
                : new TrainingSettings(model, 24, epochs, 32, negatives, 0.1f, 0.1f, 0, 0, 4, 1, SEED);
    }

    /** Listens, and stops when it is told to. */
    private record Ear(List<EpochReport> reports, BooleanSupplier goingOn) implements TrainingListener {
        static Ear patient() {
            return new Ear(new ArrayList<>(), () -> true);
        }

        @Override
        public boolean goesOn() {
            return goingOn.getAsBoolean();
        }

        @Override
        public void epochEnded(EpochReport report) {
            reports.add(report);
        }
    }

    private GraphVectors trained(TrainingSettings settings) {
        GraphTraining training = GraphTraining.begin(settings, BOARD.train(), algebra);
        assertThat(training.run(Ear.patient())).isTrue();
        return training.vectors();
    }

    /** Translations alone cannot close the board at its edges, and TRANSE is the weakest. */
    @ParameterizedTest
    @CsvSource({"COMPLEX, 0, 0.8", "COMPLEX, 20, 0.8", "ROTATE, 20, 0.5", "TRANSE, 20, 0.2"})
    void heldOutTriples_areFoundAfterTraining(GraphModel model, int negatives, double least) {
        LinkEvaluation evaluation = LinkEvaluation.of(algebra, List.of(BOARD.train(), BOARD.heldOut()));
        LinkMetrics before = evaluation.evaluate(trained(settings(model, 0, negatives)), BOARD.heldOut());
        LinkMetrics after = evaluation.evaluate(trained(settings(model, 60, negatives)), BOARD.heldOut());

        assertThat(before.meanReciprocalRank()).isLessThan(0.2);
        assertThat(after.meanReciprocalRank()).isGreaterThan(least);
    }

    /** DistMult cannot tell a relation from its inverse by rows of its own, but it learns which fields are close. */
    @Test
    void distMult_beatsChance() {
        LinkEvaluation evaluation = LinkEvaluation.of(algebra, List.of(BOARD.train(), BOARD.heldOut()));
        LinkMetrics after = evaluation.evaluate(trained(settings(GraphModel.DISTMULT, 60, 0)), BOARD.heldOut());
        assertThat(after.meanReciprocalRank()).isGreaterThan(0.3);
    }

    @ParameterizedTest
    @EnumSource
    void equalSeeds_giveEqualBits_whateverTheThreads(GraphModel model) throws Exception {
        TrainingSettings settings = settings(model, 3, 20);
        float[] once = trained(settings).entities().data();
        ForkJoinPool pool = new ForkJoinPool(3);
        try {
            assertThat(pool.submit(() -> trained(settings)).get().entities().data())
                    .isEqualTo(once);
        } finally {
            pool.shutdown();
        }
        TrainingSettings other = settings.withSeed(SEED + 1);
        assertThat(trained(other).entities().data()).isNotEqualTo(once);
    }

    @ParameterizedTest
    @CsvSource({"COMPLEX, 0", "COMPLEX, 20", "ROTATE, 20"})
    void trainingThatWasCutOff_endsWithTheBitsOfOneThatWasNot(GraphModel model, int negatives) throws IOException {
        TrainingSettings settings = settings(model, 6, negatives);
        GraphVectors whole = trained(settings);
        List<byte[]> states = new ArrayList<>();
        GraphTraining first = GraphTraining.begin(settings, BOARD.train(), algebra);
        first.run(new TrainingListener() {
            @Override
            public boolean goesOn() {
                return states.size() < 3;
            }

            @Override
            public void epochEnded(EpochReport report) {
                states.add(written(first));
            }
        });
        GraphTraining second = GraphTraining.resume(new ByteArrayInputStream(states.get(2)), BOARD.train(), algebra);
        assertThat(second.epochs()).isEqualTo(3);
        Ear ear = Ear.patient();
        assertThat(second.run(ear)).isTrue();
        assertThat(ear.reports()).extracting(EpochReport::epoch).containsExactly(4, 5, 6);
        assertThat(second.vectors().entities().data())
                .isEqualTo(whole.entities().data());
        assertThat(second.vectors().relations().data())
                .isEqualTo(whole.relations().data());
    }

    private static byte[] written(GraphTraining training) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            training.writeTo(out);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return out.toByteArray();
    }

    @Test
    void stop_endsTheTrainingWithinAnEpoch_andWhatIsTornIsNotWritten() {
        int[] steps = {0};
        Ear ear = new Ear(new ArrayList<>(), () -> ++steps[0] <= 2);
        GraphTraining training = GraphTraining.begin(settings(GraphModel.COMPLEX, 9, 0), BOARD.train(), algebra);

        assertThat(training.run(ear)).isFalse();

        assertThat(steps[0]).isEqualTo(3);
        assertThat(ear.reports()).isEmpty();
        assertThatThrownBy(() -> written(training)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> training.run(ear)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void reports_countEpochsAndTellASinkingLoss() {
        Ear ear = Ear.patient();
        GraphTraining.begin(settings(GraphModel.COMPLEX, 8, 0), BOARD.train(), algebra)
                .run(ear);
        assertThat(ear.reports()).extracting(EpochReport::epoch).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(ear.reports()).extracting(EpochReport::epochs).containsOnly(8);
        assertThat(ear.reports().get(7).loss()).isLessThan(ear.reports().get(0).loss() / 2);
    }

    @Test
    void streamsThatAreNoState_areRefused() {
        byte[] state = written(GraphTraining.begin(settings(GraphModel.COMPLEX, 1, 0), BOARD.train(), algebra));
        byte[] wrongModel = state.clone();
        wrongModel[6] = 'X';
        byte[] tooWide = state.clone();
        Arrays.fill(tooWide, RANK_AT, RANK_AT + Integer.BYTES, (byte) 0x7F);
        Triples other = Graphs.board(4, SEED).train();
        for (byte[] broken :
                List.of(new byte[0], new byte[100], Arrays.copyOf(state, state.length - 1), wrongModel, tooWide)) {
            assertThatThrownBy(() -> GraphTraining.resume(new ByteArrayInputStream(broken), BOARD.train(), algebra))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> GraphTraining.resume(new ByteArrayInputStream(state), other, algebra))
                .isInstanceOf(IOException.class);
    }
}
