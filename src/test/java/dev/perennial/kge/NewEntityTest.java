// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.blas.OpenBlas;
import dev.perennial.kge.Triples.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NewEntityTest {
    private static final long SEED = Long.getLong("perennial.seed", 3);
    private static final int SIDE = 9;
    private static final int LAST = SIDE * SIDE - 1;
    private final OpenBlas algebra = new OpenBlas(0);

    /** A board without its last field, which is told afterwards by a part of its moves. */
    @ParameterizedTest
    @CsvSource({"COMPLEX, 0", "COMPLEX, 30", "ROTATE, 30"})
    void rowOfAFieldThatCameLater_findsItsOtherMoves_andNothingElseChanges(GraphModel model, int negatives) {
        Triples board = Graphs.board(SIDE, SEED).train();
        List<int[]> before = new ArrayList<>();
        List<int[]> told = new ArrayList<>();
        List<int[]> untold = new ArrayList<>();
        for (int i = 0; i < board.size(); i++) {
            int[] triple = {board.head(i), board.relation(i), board.tail(i)};
            boolean about = triple[0] == LAST || triple[2] == LAST;
            (!about ? before : untold.isEmpty() ? untold : told).add(triple);
        }
        TrainingSettings settings = (model.isProduct()
                ? new TrainingSettings(model, 12, 60, 32, negatives, 0.1f, 1e-3f, 0.01f, 0.1f, 0, 0, SEED)
                : new TrainingSettings(model, 24, 60, 32, negatives, 0.1f, 0.1f, 0, 0, 4, 1, SEED));
        GraphTraining training = GraphTraining.begin(settings, Graphs.of(new Vocabulary(LAST, 4), before), algebra);
        training.run(new TrainingListener() {
            @Override
            public boolean goesOn() {
                return true;
            }

            @Override
            public void epochEnded(EpochReport report) {}
        });
        float[] kept = training.vectors().entities().data().clone();
        float[] keptRelations = training.vectors().relations().data().clone();
        Vocabulary all = new Vocabulary(LAST + 1, 4);

        float[] row = NewEntity.row(training.vectors(), Graphs.of(all, told), settings, algebra);

        assertThat(row).isEqualTo(NewEntity.row(training.vectors(), Graphs.of(all, told), settings, algebra));
        assertThat(training.vectors().entities().data()).isEqualTo(kept);
        assertThat(training.vectors().relations().data()).isEqualTo(keptRelations);
        LinkMetrics metrics = LinkEvaluation.of(algebra, List.of(board))
                .evaluate(training.vectors().withEntity(row), Graphs.of(all, untold));
        assertThat(metrics.meanReciprocalRank()).isGreaterThan(0.4);
        assertThatThrownBy(() -> NewEntity.row(
                        training.vectors(), Graphs.of(new Vocabulary(LAST, 4), before), settings, algebra))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
