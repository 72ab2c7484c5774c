// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.TrainingPlan;
import dev.perennial.train.WorkOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How an encoder is trained where nobody says more than the strategy and the objective: what worked for small encoders.
 */
final class TrainingChoices {
    /** Most tokens of an example that are read. */
    static final int WINDOW = 128;

    private static final int TEXTS_OF_A_STEP = 32;
    private static final int LEAST_TEXTS_OF_A_STEP = 8;
    private static final double TEMPERATURE_OF_TWO = 0.1;
    private static final double TEMPERATURE_OF_MANY = 0.05;
    private static final float CLIP = 1;
    private static final double FISHER_SHARE = 0.005;
    private static final int FISHER_BATCHES = 10;
    private static final int LAYERS = 1;

    /** So many examples can be spared to watch a training by, where there are more than twice as many. */
    private static final int WATCHED = 256;

    private final EncoderInfo info;
    private final EncoderTraining training;
    private final List<Objective.LabelledText> texts;

    private TrainingChoices(EncoderInfo info, EncoderTraining training, List<Objective.LabelledText> texts) {
        this.info = info;
        this.training = training;
        this.texts = texts;
    }

    /**
     * The order for a training.
     *
     * @param info of the encoder
     * @param texts tokens of the training's examples
     * @throws Refusal.Invalid when they do not show a difference
     */
    static WorkOrder.Train order(
            EncoderFile encoder, EncoderInfo info, EncoderTraining training, List<Objective.LabelledText> texts) {
        requireDifference(texts);
        TrainingChoices choices = new TrainingChoices(info, training, texts);
        boolean spares = training.objective() != AdaptationObjective.CONTRAST && texts.size() > 2 * WATCHED;
        int nth = spares ? texts.size() / WATCHED : 1;
        List<Integer> all = IntStream.range(0, texts.size()).boxed().toList();
        List<Integer> watched = all.stream().filter(i -> i % nth == 0).toList();
        List<Integer> learnt = spares ? all.stream().filter(i -> i % nth != 0).toList() : all;
        return new WorkOrder.Train(
                encoder,
                choices.selection(),
                choices.objective(learnt),
                choices.objective(watched),
                TrainingPlan.defaults(training.seed())
                        .withSteps(training.budget().steps())
                        .withRate(rate(training.strategy()))
                        .withClip(CLIP),
                new WorkOrder.Bounds(
                        training.budget().parameters(), training.budget().longest()));
    }

    private Objective objective(List<Integer> indices) {
        List<Objective.LabelledText> chosen = indices.stream().map(texts::get).toList();
        return switch (training.objective()) {
            case CONTRAST -> contrast(chosen);
            case CLASSIFICATION -> classification(chosen);
            case SIMILARITY -> similarity(indices);
        };
    }

    private Objective contrast(List<Objective.LabelledText> chosen) {
        double temperature = labels() == 2 ? TEMPERATURE_OF_TWO : TEMPERATURE_OF_MANY;
        return new Objective.Contrast(chosen, temperature, batch(chosen, 1));
    }

    private Objective classification(List<Objective.LabelledText> chosen) {
        boolean areAlike =
                chosen.stream().map(each -> each.readings().size()).distinct().count() == 1;
        List<Objective.LabelledText> read = areAlike
                ? chosen
                : chosen.stream()
                        .map(each -> new Objective.LabelledText(each.text(), each.label()))
                        .toList();
        return new Objective.Classification(
                read, batch(read, read.get(0).readings().size()));
    }

    private Objective similarity(List<Integer> indices) {
        List<Objective.Pair> pairs = new ArrayList<>();
        for (int i : indices) {
            Objective.LabelledText pair = texts.get(i);
            pairs.add(new Objective.Pair(pair.readings().get(0), pair.readings().get(1), (float)
                    training.examples().get(i).score()));
        }
        return new Objective.Similarity(
                pairs, batch(indices.stream().map(texts::get).toList(), 2));
    }

    private long labels() {
        return texts.stream().map(Objective.LabelledText::label).distinct().count();
    }

    private static void requireDifference(List<Objective.LabelledText> texts) {
        Map<Integer, Integer> counts = new HashMap<>();
        texts.forEach(each -> counts.merge(each.label(), 1, Integer::sum));
        if (counts.size() < 2 || counts.values().stream().noneMatch(count -> count > 1)) {
            throw new Refusal.Invalid(
                    "/examples", "An encoder is adapted to two labels at least, of which one has two examples.");
        }
    }

    /** As many examples a step as fit the memory, each read so many times. */
    private int batch(List<Objective.LabelledText> read, int readings) {
        int longest = read.stream().mapToInt(each -> each.text().length()).max().orElseThrow();
        long fitting = StepMemory.of(info, training.strategy())
                        .tokens(training.budget().memoryBytes())
                / longest
                / readings;
        return (int) Math.max(LEAST_TEXTS_OF_A_STEP, Math.min(TEXTS_OF_A_STEP, fitting));
    }

    private Selection selection() {
        return switch (training.strategy()) {
            case BITFIT -> new Selection.BiasesAndNorms();
            case LORA -> Selection.LowRank.defaults();
            case FISHER ->
                new Selection.TopShare(
                        Math.min(
                                FISHER_SHARE, (double) training.budget().parameters() / Math.max(1, info.parameters())),
                        FISHER_BATCHES);
            case LAST_LAYERS -> new Selection.LastLayers(LAYERS);
        };
    }

    /** Few numbers have to move far, many only a little. */
    private static double rate(AdaptationStrategy strategy) {
        return switch (strategy) {
            case BITFIT, LORA -> 1e-3;
            case FISHER -> 3e-4;
            case LAST_LAYERS -> 1e-4;
        };
    }
}
