// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.EncoderInfo;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.EncoderFile;
import dev.perennial.train.Objective;
import dev.perennial.train.Selection;
import dev.perennial.train.TrainingPlan;
import dev.perennial.train.WorkOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How an encoder is trained where nobody says more than the strategy: what worked for small encoders and few examples.
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

    private TrainingChoices() {}

    /**
     * The order for a training.
     *
     * @param info of the encoder
     * @param texts tokens of the training's examples
     * @throws Refusal.Invalid when they do not show a difference
     */
    static WorkOrder.Train order(
            EncoderFile encoder, EncoderInfo info, EncoderTraining training, List<Objective.LabelledText> texts) {
        Map<Integer, Integer> counts = new HashMap<>();
        texts.forEach(each -> counts.merge(each.label(), 1, Integer::sum));
        if (counts.size() < 2 || counts.values().stream().noneMatch(count -> count > 1)) {
            throw new Refusal.Invalid(
                    "/examples", "An encoder is adapted to two labels at least, of which one has two examples.");
        }
        int longest =
                texts.stream().mapToInt(each -> each.text().length()).max().orElseThrow();
        long fitting = StepMemory.of(info, training.strategy())
                        .tokens(training.budget().memoryBytes())
                / longest;
        int batch = (int) Math.max(LEAST_TEXTS_OF_A_STEP, Math.min(TEXTS_OF_A_STEP, fitting));
        double temperature = counts.size() == 2 ? TEMPERATURE_OF_TWO : TEMPERATURE_OF_MANY;
        return new WorkOrder.Train(
                encoder,
                selection(training, info.parameters()),
                new Objective.Contrast(texts, temperature, batch),
                TrainingPlan.defaults(training.seed())
                        .withSteps(training.budget().steps())
                        .withRate(rate(training.strategy()))
                        .withClip(CLIP),
                new WorkOrder.Bounds(
                        training.budget().parameters(), training.budget().longest()));
    }

    private static Selection selection(EncoderTraining training, long weights) {
        return switch (training.strategy()) {
            case BITFIT -> new Selection.BiasesAndNorms();
            case LORA -> Selection.LowRank.defaults();
            case FISHER ->
                new Selection.TopShare(
                        Math.min(FISHER_SHARE, (double) training.budget().parameters() / Math.max(1, weights)),
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
