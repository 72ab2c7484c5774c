// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.TokenSequence;
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
import java.util.stream.Stream;

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

    /** Of all products in the layers, less than one in a hundred of the numbers of small encoders. */
    private static final Selection EVERYWHERE = new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 4, 8, false, 1);

    /** Share of tokens left out of a view, which is as much noise as sentences of ten words bear. */
    private static final double LEFT_OUT = 0.2;

    private static final int VIEWS = 2;

    private static final int EPOCHS = 3;
    private static final int FEWEST_STEPS = 40;

    /** Processor time of a training, as measured on two encoders, and how much longer it may take on a busy machine. */
    private static final double SECONDS_OF_A_TOKEN_AND_WEIGHT = 7e-11;

    private static final double PATIENCE = 2;

    /** So many examples can be spared to watch a training by, where there are more than twice as many. */
    private static final int WATCHED = 256;

    private final EncoderInfo info;
    private final EncoderTraining training;
    private final List<Objective.LabelledText> texts;
    private final List<TokenSequence> unlabelled;

    /**
     * What an encoder reads of a training.
     *
     * @param unlabelled of the texts without a label
     */
    record Tokens(List<Objective.LabelledText> examples, List<TokenSequence> unlabelled) {}

    private TrainingChoices(EncoderInfo info, EncoderTraining training, Tokens tokens) {
        this.info = info;
        this.training = training;
        this.texts = tokens.examples();
        this.unlabelled = tokens.unlabelled();
    }

    /**
     * The order for a training.
     *
     * @param info of the encoder
     * @throws Refusal.Invalid when they do not show a difference
     */
    static WorkOrder.Train order(EncoderFile encoder, EncoderInfo info, EncoderTraining training, Tokens tokens) {
        List<Objective.LabelledText> texts = tokens.examples();
        requireDifference(texts);
        TrainingChoices choices = new TrainingChoices(info, training, tokens);
        boolean spares = choices.isEverywhere() && texts.size() > 2 * WATCHED;
        int nth = spares ? texts.size() / WATCHED : 1;
        List<Integer> all = IntStream.range(0, texts.size()).boxed().toList();
        List<Integer> watched = all.stream().filter(i -> i % nth == 0).toList();
        List<Integer> learnt = spares ? all.stream().filter(i -> i % nth != 0).toList() : all;
        Objective objective = choices.objective(learnt);
        return new WorkOrder.Train(
                encoder,
                choices.selection(),
                objective,
                choices.watched(watched),
                TrainingPlan.defaults(training.seed())
                        .withSteps(choices.steps(objective, learnt.size()))
                        .withRate(rate(training.strategy()))
                        .withClip(CLIP),
                new WorkOrder.Bounds(
                        training.budget().parameters(), training.budget().longest()));
    }

    /**
     * Contrast with few texts needs the steps that it is given. Otherwise some rounds over all examples, or one over
     * texts of which two views are read, if there is time for them: the rate has to fall to nothing by the end of it.
     */
    private int steps(Objective objective, int examples) {
        int most = training.budget().steps();
        if (objective instanceof Objective.Contrast) {
            return most;
        }
        if (objective instanceof Objective.SelfContrast views) {
            return Math.min(
                    most, steps(1, VIEWS * tokens(views), (double) views.texts().size() / views.batch()));
        }
        int batch = objective instanceof Objective.Classification classification
                ? classification.batch()
                : ((Objective.Similarity) objective).batch();
        return Math.min(most, steps(EPOCHS, tokens(objective), (double) examples / batch));
    }

    private static long tokens(Objective objective) {
        return objective.read().mapToLong(TokenSequence::length).sum();
    }

    /**
     * Steps of some rounds, as far as there is time.
     *
     * @param tokens that are read in a round
     * @param round how many steps it has
     */
    private int steps(int rounds, long tokens, double round) {
        double seconds = PATIENCE * SECONDS_OF_A_TOKEN_AND_WEIGHT * StepMemory.inLayers(info) * rounds * tokens;
        double share = Math.min(1, training.budget().longest().toSeconds() / Math.max(1, seconds));
        return (int) Math.max(FEWEST_STEPS, share * rounds * round);
    }

    private Objective objective(List<Integer> indices) {
        List<Objective.LabelledText> chosen = indices.stream().map(texts::get).toList();
        return switch (training.objective()) {
            case CONTRAST -> contrast(chosen);
            case CLASSIFICATION -> classification(chosen);
            case SIMILARITY -> similarity(indices);
            case SELF_CONTRAST -> selfContrast(chosen);
        };
    }

    /** What no label is needed for is watched by labels as well: nothing else tells what it is worth. */
    private Objective watched(List<Integer> indices) {
        return training.objective() == AdaptationObjective.SELF_CONTRAST
                ? classification(indices.stream().map(texts::get).toList())
                : objective(indices);
    }

    /** Both texts of a pair are texts of their own. */
    private Objective selfContrast(List<Objective.LabelledText> chosen) {
        List<TokenSequence> all = Stream.concat(
                        chosen.stream()
                                .map(Objective.LabelledText::readings)
                                .flatMap(readings -> readings.subList(0, Math.max(1, readings.size() - 1)).stream()),
                        unlabelled.stream())
                .toList();
        return new Objective.SelfContrast(all, TEMPERATURE_OF_MANY, batch(VIEWS), LEFT_OUT);
    }

    private Objective contrast(List<Objective.LabelledText> chosen) {
        double temperature = labels() == 2 ? TEMPERATURE_OF_TWO : TEMPERATURE_OF_MANY;
        return new Objective.Contrast(chosen, temperature, batch(1));
    }

    /** Pairs are read as heads see them where that fits the memory, and otherwise together. */
    private Objective classification(List<Objective.LabelledText> chosen) {
        int readings = chosen.get(0).readings().size();
        boolean areAlike = texts.stream().allMatch(each -> each.readings().size() == readings);
        boolean fit = readings == 1 || fitting() / readings >= LEAST_TEXTS_OF_A_STEP;
        return areAlike && fit
                ? new Objective.Classification(chosen, batch(readings))
                : new Objective.Classification(
                        chosen.stream()
                                .map(each -> new Objective.LabelledText(each.text(), each.label()))
                                .toList(),
                        batch(1));
    }

    private Objective similarity(List<Integer> indices) {
        List<Objective.Pair> pairs = new ArrayList<>();
        for (int i : indices) {
            Objective.LabelledText pair = texts.get(i);
            pairs.add(new Objective.Pair(pair.readings().get(0), pair.readings().get(1), (float)
                    training.examples().get(i).score()));
        }
        return new Objective.Similarity(pairs, batch(2));
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
    private int batch(int readings) {
        return (int) Math.max(LEAST_TEXTS_OF_A_STEP, Math.min(TEXTS_OF_A_STEP, fitting() / readings));
    }

    /** How many readings as long as the longest fit the memory. */
    private long fitting() {
        int longest = Stream.concat(texts.stream().map(Objective.LabelledText::text), unlabelled.stream())
                .mapToInt(TokenSequence::length)
                .max()
                .orElseThrow();
        return StepMemory.of(info, training.strategy(), isEverywhere())
                        .tokens(training.budget().memoryBytes())
                / longest;
    }

    private boolean isEverywhere() {
        return switch (training.objective()) {
            case CONTRAST, SELF_CONTRAST -> false;
            case CLASSIFICATION, SIMILARITY -> true;
        };
    }

    private Selection selection() {
        return switch (training.strategy()) {
            case BITFIT -> new Selection.BiasesAndNorms();
            case LORA -> isEverywhere() ? EVERYWHERE : Selection.LowRank.defaults();
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
