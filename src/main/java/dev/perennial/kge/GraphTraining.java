// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.FloatMatrix;
import dev.perennial.math.LinearAlgebra;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A training of graph vectors, which can be cut off after any epoch, written, and gone on with to the same bits. The
 * bits do not depend on the number of threads either. Owned by one thread, which spreads the work over the fork-join
 * pool that it belongs to, or else the common one.
 */
public final class GraphTraining {
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final TrainingSettings settings;
    private final AnswerIndex index;
    private final LinearAlgebra algebra;
    private final TrainingState state;
    private int epochs;
    private boolean torn;

    private GraphTraining(TrainingState state, Triples triples, LinearAlgebra algebra) {
        this.settings = state.settings();
        this.index = AnswerIndex.of(List.of(triples));
        this.algebra = algebra;
        this.state = state;
        this.epochs = state.epochs();
    }

    /** A training from the beginning. */
    public static GraphTraining begin(TrainingSettings settings, Triples triples, LinearAlgebra algebra) {
        GraphVectors vectors = GraphVectors.initial(settings, triples.entities(), triples.relations());
        TrainingState state =
                new TrainingState(settings, 0, vectors, zerosLike(vectors.entities()), zerosLike(vectors.relations()));
        return new GraphTraining(state, triples, algebra);
    }

    /**
     * A training that was written, with the same triples.
     *
     * @throws IOException when the stream ends too early or holds something else
     */
    public static GraphTraining resume(InputStream in, Triples triples, LinearAlgebra algebra) throws IOException {
        TrainingState state = TrainingState.read(in, triples.entities(), triples.relations());
        return new GraphTraining(state, triples, algebra);
    }

    private static FloatMatrix zerosLike(FloatMatrix matrix) {
        return FloatMatrix.zeros(matrix.rows(), matrix.columns());
    }

    /**
     * Runs all epochs that are left.
     *
     * @return whether it came to the end; a training that was stopped within an epoch cannot be gone on with
     */
    public boolean run(TrainingListener listener) {
        requireWhole();
        BatchSource source = new BatchSource(index.entities(), settings.negatives());
        BatchStep step = new BatchStep(
                settings,
                state.vectors(),
                algebra,
                new BatchStep.Room(settings.batch(), source.mostObjects(settings.batch())));
        while (epochs < settings.epochs()) {
            torn = true;
            SplittableRandom random = new SplittableRandom(settings.seed() + ODD * (epochs + 1));
            EpochPlan plan = EpochPlan.of(index, random);
            double loss = 0;
            for (int turn = 0; turn < plan.turns(); turn += settings.batch()) {
                if (!listener.goesOn()) {
                    return false;
                }
                int end = Math.min(plan.turns(), turn + settings.batch());
                loss += step.learn(source.batch(plan, turn, end, random), updates());
            }
            epochs++;
            torn = false;
            int triples = index.start(index.questions());
            listener.epochEnded(new EpochReport(epochs, settings.epochs(), loss / Math.max(1, triples)));
        }
        return true;
    }

    private BatchStep.Updates updates() {
        float rate = settings.learningRate();
        return new BatchStep.Updates(
                new Adagrad(state.vectors().entities(), state.entitySquares(), rate),
                new Adagrad(state.vectors().relations(), state.relationSquares(), rate));
    }

    /** The vectors as they are now; they change while the training runs. */
    public GraphVectors vectors() {
        return state.vectors();
    }

    /** Epochs that were done. */
    public int epochs() {
        return epochs;
    }

    /** Writes all that is needed to go on; between epochs alone. */
    public void writeTo(OutputStream out) throws IOException {
        requireWhole();
        state.atEpoch(epochs).writeTo(out);
    }

    private void requireWhole() {
        if (torn) {
            throw new IllegalStateException("the training was stopped within an epoch");
        }
    }
}
