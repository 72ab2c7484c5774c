// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.MergeRule;
import dev.perennial.adapt.RetainedShares;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An adapter goes on learning from where it was, and is merged with what it was. */
final class MergingTest {
    private static final long SEED = Long.getLong("perennial.seed", 47);
    private static final int STEPS = 16;

    /** Others in this process may want the engine, which must come first. */
    @BeforeAll
    static void loadRuntime() {
        OnnxRuntime.preload();
        System.out.println("MergingTest: perennial.seed=" + SEED);
    }

    @TempDir
    private Path directory;

    /** Texts of two labels, told apart by one token at some place. */
    private static List<Objective.LabelledText> texts(int place) {
        Random random = new Random(SEED + place);
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long[] ids = random.longs(6, 6, TinyBert.VOCABULARY).toArray();
            ids[place] = 2 + i % 2;
            texts.add(new Objective.LabelledText(new TokenSequence(ids, new long[ids.length]), i % 2));
        }
        return texts;
    }

    private static List<TokenSequence> plain(int place) {
        return texts(place).stream().map(Objective.LabelledText::text).toList();
    }

    private Training open(int place, Selection selection) throws IOException {
        Path model = new TinyBert(SEED).write(directory.resolve("bert.onnx"));
        return Training.open(
                new TrainingOrder(
                        new EncoderFile(model, "ab".repeat(32), Pooling.MEAN),
                        selection,
                        new Objective.Contrast(texts(place), 0.2, 8),
                        TrainingPlan.defaults(SEED).withSteps(STEPS).withRate(1e-2)),
                directory);
    }

    private Training open(int place) throws IOException {
        return open(place, Selection.LowRank.defaults());
    }

    /** What was learnt first, and what it is worth. */
    private record Old(Adapter adapter, List<double[]> information, float[] embeddings) {}

    private Old old() throws IOException {
        try (Training first = open(1)) {
            first.run(new SilentSteps());
            Path file = directory.resolve("information");
            Information.of(first, texts(1)).write(file);
            return new Old(
                    first.adapter(),
                    Information.read(file, first.tuned()),
                    first.embeddings(plain(1)).data());
        }
    }

    @Test
    void trainingThatBeginsWithAnAdapter_beginsWhereThatOneEnded() throws IOException {
        Old old = old();
        try (Training second = open(3)) {
            assertThat(second.embeddings(plain(1)).data()).isNotEqualTo(old.embeddings());

            second.beginWith(old.adapter());

            assertThat(second.embeddings(plain(1)).data()).containsExactly(old.embeddings());
        }
    }

    @Test
    void adapterOfAnotherSelection_cannotGoOn() throws IOException {
        Old old = old();
        try (Training second = open(3, new Selection.BiasesAndNorms())) {
            assertThatThrownBy(() -> second.beginWith(old.adapter())).isInstanceOf(Refusal.Invalid.class);
            assertThatThrownBy(() -> Information.read(directory.resolve("information"), second.tuned()))
                    .isInstanceOf(Refusal.Invalid.class);
        }
    }

    @ParameterizedTest
    @EnumSource(MergeKind.class)
    void merged_liesBetweenTheOldAndTheNew_byTheSharesThatAreTold(MergeKind kind) throws IOException {
        Old old = old();
        try (Training second = open(3)) {
            second.beginWith(old.adapter());
            List<float[]> before = second.learnt();
            Merging merging = new Merging(second, kind.rule(), new SilentSteps());
            second.run(merging);
            List<float[]> trained = second.learnt();

            RetainedShares shares = merging.merge(old.information(), Information.of(second, texts(3)));

            List<float[]> merged = second.learnt();
            if (kind == MergeKind.NONE) {
                assertThat(merged).usingRecursiveComparison().isEqualTo(trained);
                assertThat(shares).isEqualTo(RetainedShares.NONE);
                return;
            }
            assertThat(shares.tensors()).hasSameSizeAs(second.tuned());
            assertThat(shares.tensors())
                    .allSatisfy(each -> assertThat(each.mean()).isBetween(0.0, 1.0));
            assertThat(shares.mean()).isBetween(0.0, 1.0);
            assertThat(shares.steps()).hasSize(kind == MergeKind.LINE_MERGE ? 1 : STEPS - 1);
            if (kind == MergeKind.LINE_MERGE) {
                for (int p = 0; p < merged.size(); p++) {
                    double share = shares.tensors().get(p).last();
                    for (int i = 0; i < merged.get(p).length; i++) {
                        assertThat((double) merged.get(p)[i])
                                .isCloseTo(share * before.get(p)[i] + (1 - share) * trained.get(p)[i], within(1e-6));
                    }
                }
            } else {
                assertThat(distance(merged, trained)).isPositive();
            }
        }
    }

    /** Where the old is worth infinitely more than the new, all of it stays, and none where it is worth nothing. */
    @Test
    void lineMerge_weighsByWhatTheNumbersAreWorth() throws IOException {
        Old old = old();
        List<double[]> precious = old.information().stream()
                .map(each -> Arrays.stream(each).map(any -> 1e12).toArray())
                .toList();
        try (Training second = open(3)) {
            second.beginWith(old.adapter());
            List<float[]> before = second.learnt();
            Merging merging = new Merging(second, new MergeRule.LineMerge(), new SilentSteps());
            second.run(merging);
            List<float[]> trained = second.learnt();

            merging.merge(precious, Information.of(second, texts(3)));

            assertThat(distance(second.learnt(), before)).isLessThan(1e-4 * distance(trained, before));
        }
    }

    /** Not all or nothing, as the derivative at the end would have it in nearly every tensor. */
    @Test
    void lineMerge_keepsTheShareOfTheOldExamples_whereAllAreAlike() throws IOException {
        Old old = old();
        try (Training second = open(3)) {
            second.beginWith(old.adapter());
            Merging merging = new Merging(second, new MergeRule.LineMerge(), new SilentSteps());
            second.run(merging);
            Information now = Information.of(second, texts(3));
            List<double[]> threeTimes = now.fishers().stream()
                    .map(each -> Arrays.stream(each).map(worth -> 3 * worth).toArray())
                    .toList();

            RetainedShares shares = merging.merge(threeTimes, now);

            assertThat(shares.tensors())
                    .allSatisfy(each -> assertThat(each.last()).isCloseTo(0.75, within(1e-9)));
        }
    }

    @Test
    void averageOfTheBestStep_isWhatCounts() throws IOException {
        Old old = old();
        List<float[]> atBest;
        try (Training second = open(3)) {
            second.beginWith(old.adapter());
            Merging merging = new Merging(second, MergeKind.LCIA_CODE.rule(), upTo(second, 6));
            second.run(merging);
            merging.merge(old.information(), Information.of(second, texts(3)));
            atBest = second.learnt();
        }
        try (Training second = open(3)) {
            second.beginWith(old.adapter());
            Merging merging = new Merging(second, MergeKind.LCIA_CODE.rule(), new SilentSteps());
            second.run(new SilentSteps() {
                @Override
                public void stepped(int step, double loss) {
                    merging.stepped(step, loss);
                    if (step == 6) {
                        merging.bettered(step);
                    }
                }
            });
            merging.merge(old.information(), Information.of(second, texts(3)));

            assertThat(second.learnt()).usingRecursiveComparison().isEqualTo(atBest);
        }
    }

    private static StepListener upTo(Training training, int steps) {
        return new SilentSteps() {
            @Override
            public boolean goesOn() {
                return training.steps() < steps;
            }
        };
    }

    @Test
    void information_addsUp_andGrowsWithTheNumberOfExamples() throws IOException {
        try (Training first = open(1)) {
            Information once = Information.of(first, texts(1));
            double alone = sum(once.fishers());
            once.add(once.fishers().stream().map(double[]::clone).toList());

            assertThat(alone).isPositive();
            assertThat(sum(once.fishers())).isCloseTo(2 * alone, within(1e-9 * alone));
        }
    }

    private static double sum(List<double[]> arrays) {
        return arrays.stream().flatMapToDouble(Arrays::stream).sum();
    }

    private static double distance(List<float[]> a, List<float[]> b) {
        double sum = 0;
        for (int p = 0; p < a.size(); p++) {
            for (int i = 0; i < a.get(p).length; i++) {
                sum += Math.abs(a.get(p)[i] - b.get(p)[i]);
            }
        }
        return sum;
    }

    /** By finite differences. */
    @Test
    void neighbourLoss_hasTheDerivativeThatItTells() {
        SplittableRandom random = new SplittableRandom(SEED);
        FloatMatrix all = FloatMatrix.zeros(7, 5);
        for (int i = 0; i < all.data().length; i++) {
            all.data()[i] = (float) (0.4 * random.nextGaussian());
        }
        NeighbourLoss loss = new NeighbourLoss(all, new int[] {0, 1, 0, 2, 1, 0, 3}, 2);
        FloatMatrix at = FloatMatrix.zeros(1, 5);
        System.arraycopy(all.data(), 10, at.data(), 0, 5);
        FloatMatrix gradient = FloatMatrix.zeros(1, 5);
        loss.of(at, gradient);
        for (int k = 0; k < 5; k++) {
            double step = 1e-3;
            FloatMatrix up = new FloatMatrix(1, 5, at.data().clone());
            FloatMatrix down = new FloatMatrix(1, 5, at.data().clone());
            up.data()[k] += (float) step;
            down.data()[k] -= (float) step;
            double difference =
                    (loss.of(up, FloatMatrix.zeros(1, 5)) - loss.of(down, FloatMatrix.zeros(1, 5))) / (2 * step);
            assertThat((double) gradient.data()[k]).isCloseTo(difference, within(2e-3));
        }
        assertThat(NeighbourLoss.hasCompany(new int[] {0, 1, 0}, 0)).isTrue();
        assertThat(NeighbourLoss.hasCompany(new int[] {0, 1, 0}, 1)).isFalse();
    }
}
