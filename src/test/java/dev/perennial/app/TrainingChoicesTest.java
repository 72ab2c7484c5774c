// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.Passage;
import dev.perennial.encode.TokenSequence;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.LabelledPassage;
import dev.perennial.learn.TrainingBudget;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.WorkOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TrainingChoicesTest {
    private static final EncoderFile FILE = new EncoderFile(Path.of("/m/model.onnx"), "ab".repeat(32), Pooling.MEAN);
    private static final EncoderInfo INFO = new EncoderInfo(
            EncoderInfo.Reading.CONTEXTUAL,
            "a",
            "00",
            384,
            Pooling.MEAN,
            "",
            256,
            "cpu",
            "fp32",
            21_520_000,
            86_080_000);
    private static final TrainingBudget BUDGET = new TrainingBudget(100, Duration.ofMinutes(10), 2L << 30, 1_000_000);
    private static final Passage PASSAGE = Passage.of("text");

    private static TokenSequence tokens(int length) {
        return new TokenSequence(new long[length], new long[length]);
    }

    private static final List<TokenSequence> PAIR = List.of(tokens(3), tokens(4), tokens(6));

    private static WorkOrder.Train order(AdaptationObjective objective, List<List<TokenSequence>> readings) {
        return order(objective, readings, BUDGET);
    }

    private static WorkOrder.Train order(
            AdaptationObjective objective, List<List<TokenSequence>> readings, TrainingBudget budget) {
        List<LabelledPassage> examples = new ArrayList<>();
        List<Objective.LabelledText> texts = new ArrayList<>();
        for (List<TokenSequence> each : readings) {
            int label = texts.size() % 3 % 2;
            texts.add(new Objective.LabelledText(each, label));
            examples.add(new LabelledPassage(each.stream().map(any -> PASSAGE).toList(), label, 0.5 * label));
        }
        EncoderTraining training = new EncoderTraining(AdaptationStrategy.LORA, objective, examples, budget, 1);
        return TrainingChoices.order(FILE, INFO, training, new TrainingChoices.Tokens(texts, List.of()));
    }

    private static List<List<TokenSequence>> copies(int count, List<TokenSequence> readings) {
        return Stream.generate(() -> readings).limit(count).toList();
    }

    @Test
    void contrast_readsPairsTogether_andIsWatchedByWhatItLearns() {
        WorkOrder.Train order = order(AdaptationObjective.CONTRAST, copies(2000, PAIR));

        assertThat(order.objective()).isInstanceOf(Objective.Contrast.class).isEqualTo(order.watched());
    }

    @Test
    void classification_readsPairsAsHeadsDo_andSparesSomeToBeWatchedBy() {
        WorkOrder.Train order = order(AdaptationObjective.CLASSIFICATION, copies(2048, PAIR));

        assertThat(order.objective().read()).hasSize(3 * 1792);
        assertThat(order.watched().read()).hasSize(3 * 256);
    }

    @Test
    void classification_ofPairsThatAreTooLong_readsThemTogether() {
        List<TokenSequence> longer = List.of(tokens(60), tokens(60), tokens(120));
        TrainingBudget usual = new TrainingBudget(100, Duration.ofMinutes(10), 1_300_000_000, 1_000_000);

        Objective objective = order(AdaptationObjective.CLASSIFICATION, copies(20, longer), usual)
                .objective();

        assertThat(objective.read())
                .hasSize(20)
                .extracting(TokenSequence::length)
                .containsOnly(120);
    }

    @Test
    void classification_ofFew_sparesNone() {
        WorkOrder.Train order = order(AdaptationObjective.CLASSIFICATION, copies(20, PAIR));

        assertThat(order.objective().read()).hasSize(3 * 20);
        assertThat(order.watched()).isEqualTo(order.objective());
    }

    @Test
    void classification_ofTextsAndPairs_readsPairsTogether() {
        List<List<TokenSequence>> mixed = new ArrayList<>(copies(4, PAIR));
        mixed.addAll(copies(4, List.of(tokens(5))));

        assertThat(order(AdaptationObjective.CLASSIFICATION, mixed).objective().read())
                .extracting(TokenSequence::length)
                .containsExactly(6, 6, 6, 6, 5, 5, 5, 5);
    }

    @Test
    void steps_areRoundsOverTheExamples_asFarAsThereIsTime() {
        List<List<TokenSequence>> many = copies(3200, List.of(tokens(100)));
        TrainingBudget hours = new TrainingBudget(5000, Duration.ofHours(10), 4L << 30, 1_000_000);
        TrainingBudget minutes = new TrainingBudget(5000, Duration.ofMinutes(4), 4L << 30, 1_000_000);

        int all = order(AdaptationObjective.CLASSIFICATION, many, hours).plan().steps();
        int some =
                order(AdaptationObjective.CLASSIFICATION, many, minutes).plan().steps();

        assertThat(all).isEqualTo(3 * 2933 / 32);
        // Twice 70 picoseconds for each of 10 million weights and of 293,300 tokens, three times over, are 1,232 s.
        assertThat(some).isBetween(50, 56);
    }

    @Test
    void selfContrast_readsTextsWithoutLabels_andBothOfAPair_andIsWatchedByLabels() {
        List<Objective.LabelledText> pairs = List.of(
                new Objective.LabelledText(PAIR, 0),
                new Objective.LabelledText(PAIR, 0),
                new Objective.LabelledText(PAIR, 1));
        EncoderTraining training =
                new EncoderTraining(AdaptationStrategy.LORA, AdaptationObjective.SELF_CONTRAST, List.of(), BUDGET, 1);

        WorkOrder.Train order = TrainingChoices.order(
                FILE, INFO, training, new TrainingChoices.Tokens(pairs, List.of(tokens(7), tokens(8))));

        assertThat(order.objective())
                .isInstanceOfSatisfying(
                        Objective.SelfContrast.class,
                        views -> assertThat(views.texts())
                                .extracting(TokenSequence::length)
                                .containsExactly(3, 4, 3, 4, 3, 4, 7, 8));
        assertThat(order.watched().labelled()).isEqualTo(pairs);
        assertThat(order.selection()).isEqualTo(Selection.LowRank.defaults());
    }

    @Test
    void selfContrast_takesFewerTextsAStep_whereThoseWithoutLabelsAreLong() {
        List<Objective.LabelledText> texts = List.of(
                new Objective.LabelledText(tokens(5), 0),
                new Objective.LabelledText(tokens(5), 0),
                new Objective.LabelledText(tokens(5), 1));
        TrainingBudget usual = new TrainingBudget(600, Duration.ofMinutes(60), 600_000_000, 1_000_000);
        EncoderTraining training =
                new EncoderTraining(AdaptationStrategy.LORA, AdaptationObjective.SELF_CONTRAST, List.of(), usual, 1);

        assertThat(batch(training, texts, tokens(5))).isEqualTo(32);
        assertThat(batch(training, texts, tokens(128))).isEqualTo(8);
    }

    @Test
    void selfContrast_makesStepsForOneRound_asFarAsThereIsTime() {
        TrainingBudget hours = new TrainingBudget(600, Duration.ofHours(10), 4L << 30, 1_000_000);
        TrainingBudget minutes = new TrainingBudget(600, Duration.ofMinutes(4), 4L << 30, 1_000_000);
        List<List<TokenSequence>> many = copies(3200, List.of(tokens(100)));

        assertThat(order(AdaptationObjective.SELF_CONTRAST, many, hours).plan().steps())
                .isEqualTo(100);
        // Twice 70 picoseconds for each of 10 million weights and of 640,000 tokens are 896 s.
        assertThat(order(AdaptationObjective.SELF_CONTRAST, many, minutes)
                        .plan()
                        .steps())
                .isEqualTo(40);
    }

    private static int batch(EncoderTraining training, List<Objective.LabelledText> texts, TokenSequence unlabelled) {
        Objective objective = TrainingChoices.order(
                        FILE, INFO, training, new TrainingChoices.Tokens(texts, List.of(unlabelled)))
                .objective();
        return ((Objective.SelfContrast) objective).batch();
    }

    @Test
    void similarity_hasTheScoreForACosine() {
        Objective objective =
                order(AdaptationObjective.SIMILARITY, copies(4, PAIR)).objective();

        assertThat(((Objective.Similarity) objective).pairs())
                .extracting(Objective.Pair::cosine)
                .containsExactly(0f, 0.5f, 0f, 0f);
        assertThat(objective.read()).extracting(TokenSequence::length).startsWith(3, 4, 3, 4);
    }
}
