// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WatchedTrainingTest {
    private static final long SEED = Long.getLong("perennial.seed", 31);
    private static final double WILD = 0.5;

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
    }

    @TempDir
    private Path directory;

    /** Texts of two labels, told apart by one token. */
    private static List<Objective.LabelledText> texts() {
        Random random = new Random(SEED);
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long[] ids = random.longs(6, 6, TinyBert.VOCABULARY).toArray();
            ids[1] = 2 + i % 2;
            texts.add(new Objective.LabelledText(new TokenSequence(ids, new long[ids.length]), i % 2));
        }
        return texts;
    }

    private WorkOrder.Train order(int steps, double rate) throws IOException {
        Path model = new TinyBert(SEED).write(directory.resolve("bert.onnx"));
        return new WorkOrder.Train(
                new EncoderFile(model, "ab".repeat(32), Pooling.MEAN),
                new Selection.LastLayers(1),
                new Objective.Contrast(texts(), 0.2, 8),
                new Objective.Contrast(texts(), 0.2, 8),
                TrainingPlan.defaults(SEED).withSteps(steps).withRate(rate),
                new WorkOrder.Bounds(100_000, Duration.ofMinutes(1)));
    }

    private Training open(WorkOrder.Train order) throws IOException {
        return Training.open(
                new TrainingOrder(order.encoder(), order.selection(), order.objective(), order.plan()), directory);
    }

    private static WatchedTraining watched(Training training, WorkOrder.Train order, BooleanSupplier hasTime) {
        return new WatchedTraining(training, order.watched(), hasTime, new SilentSteps());
    }

    @Test
    void aTraining_whoseTimeIsOver_keepsTheStepsThatWereMade() throws IOException {
        WorkOrder.Train order = order(40, 1e-3);
        try (Training training = open(order)) {
            WatchedTraining watched = watched(training, order, () -> training.steps() < 3);
            watched.run();

            assertThat(training.steps()).isEqualTo(3);
            assertThat(watched.bestStep()).isEqualTo(3);
            assertThat(watched.wasStopped()).isTrue();
        }
    }

    @Test
    void aTraining_thatGainsNothingMore_isStopped_andIsAsItWasAtItsBest() throws IOException {
        WorkOrder.Train order = order(200, WILD);
        float[] atBest;
        int best;
        try (Training training = open(order)) {
            WatchedTraining watched = watched(training, order, () -> true);
            watched.run();
            best = watched.bestStep();
            atBest = training.embeddings(plain()).data();

            assertThat(watched.wasStopped()).as("seed %d", SEED).isTrue();
            assertThat(training.steps()).isGreaterThan(best).isLessThan(200);
        }
        try (Training again = open(order)) {
            again.run(new SilentSteps() {
                @Override
                public boolean goesOn() {
                    return again.steps() < best;
                }
            });
            assertThat(again.embeddings(plain()).data()).containsExactly(atBest);
        }
    }

    @Test
    void aTraining_thatRunsToItsEnd_wasNotStopped() throws IOException {
        WorkOrder.Train order = order(6, 5e-3);
        try (Training training = open(order)) {
            WatchedTraining watched = watched(training, order, () -> true);
            double before = watched.heldOutLoss();
            watched.run();

            assertThat(watched.wasStopped()).isFalse();
            assertThat(watched.heldOutLoss()).isLessThan(before);
        }
    }

    static Stream<Objective> objectivesOfPairs() {
        List<TokenSequence> plain = plain();
        List<Objective.LabelledText> pairs = new ArrayList<>();
        List<Objective.Pair> scored = new ArrayList<>();
        for (int i = 0; i + 2 < plain.size(); i++) {
            boolean alike = i % 3 == 0;
            TokenSequence second = plain.get(alike ? i + 2 : i + 1);
            pairs.add(new Objective.LabelledText(List.of(plain.get(i), second, plain.get(i)), alike ? 1 : 0));
            scored.add(new Objective.Pair(plain.get(i), second, alike ? 0.9f : 0.1f));
        }
        return Stream.of(new Objective.Classification(pairs, 8), new Objective.Similarity(scored, 8));
    }

    @ParameterizedTest
    @MethodSource("objectivesOfPairs")
    void aTraining_isWatchedByWhatItIsFor(Objective objective) throws IOException {
        WorkOrder.Train order = order(20, 5e-3);
        TrainingOrder training = new TrainingOrder(order.encoder(), order.selection(), objective, order.plan());
        try (Training running = Training.open(training, directory)) {
            WatchedTraining watched = new WatchedTraining(running, objective, () -> true, new SilentSteps());
            double before = watched.heldOutLoss();
            watched.run();

            assertThat(watched.heldOutLoss()).as("seed %d", SEED).isLessThan(before);
        }
    }

    @Test
    void aTraining_obeysTheClip() throws IOException {
        WorkOrder.Train order = order(1, 1e-2);
        TrainingPlan clipped = order.plan().withClip(1e-12f);
        assertThat(moved(order.plan(), order)).isGreaterThan(1e-3);
        assertThat(moved(clipped, order)).isLessThan(1e-4);
    }

    private double moved(TrainingPlan plan, WorkOrder.Train order) throws IOException {
        TrainingOrder training = new TrainingOrder(order.encoder(), order.selection(), order.objective(), plan);
        try (Training running = Training.open(training, directory)) {
            List<float[]> before = running.learnt();
            running.run(new SilentSteps());
            double most = 0;
            for (int p = 0; p < before.size(); p++) {
                for (int i = 0; i < before.get(p).length; i++) {
                    most = Math.max(most, Math.abs(running.learnt().get(p)[i] - before.get(p)[i]));
                }
            }
            return most;
        }
    }

    private static List<TokenSequence> plain() {
        return texts().stream().map(Objective.LabelledText::text).toList();
    }
}
