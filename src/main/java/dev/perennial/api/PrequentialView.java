// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.feedback.Prequential;
import dev.perennial.task.TaskId;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How good a task's answers were, each tested by feedback before it was taught.
 *
 * @param task its name
 * @param windowSize how many of the last answers the window has at most
 * @param fading what share of its weight an answer keeps when the next one comes
 * @param all over all that are kept
 * @param window over the last ones
 * @param faded over all, with weights that fade
 * @param byRevision by the revision that had answered, latest first, 50 at most
 * @param byStage by the stage that had answered, most answers first
 */
@Schema(name = "Prequential")
public record PrequentialView(
        String task,
        int windowSize,
        double fading,
        FiguresView all,
        FiguresView window,
        FiguresView faded,
        List<OfRevision> byRevision,
        List<OfStage> byStage) {

    /** What was asked for. */
    record Asked(TaskId task, int window, double fading) {}

    /**
     * Means over answers; null without any that have one.
     *
     * @param answers how many
     * @param weight what they count for
     * @param accuracy share of right ones; a score is right within a tenth of the range
     * @param accuracyLow where the accuracy lies with 95 % confidence, by Wilson's interval
     * @param accuracyHigh the same
     * @param abstention share of those that were abstained from
     * @param logLoss of the probability of the truth, by the natural logarithm
     * @param brier sum of squared distances of the probabilities from 0 and 1 over the labels; of several labels, mean
     * @param absoluteError distance of the score
     */
    @Schema(name = "PrequentialFigures")
    public record FiguresView(
            long answers,
            double weight,
            @Nullable Double accuracy,
            @Nullable Double accuracyLow,
            @Nullable Double accuracyHigh,
            @Nullable Double abstention,
            @Nullable Double logLoss,
            @Nullable Double brier,
            @Nullable Double absoluteError) {

        private static FiguresView of(Prequential.Figures figures) {
            return new FiguresView(
                    figures.answers(),
                    figures.weight(),
                    PredictionView.number(figures.accuracy()),
                    PredictionView.number(figures.low()),
                    PredictionView.number(figures.high()),
                    PredictionView.number(figures.abstention()),
                    PredictionView.number(figures.logLoss()),
                    PredictionView.number(figures.brier()),
                    PredictionView.number(figures.absoluteError()));
        }
    }

    /** How good the answers of a revision were. */
    @Schema(name = "PrequentialOfRevision")
    public record OfRevision(String revision, FiguresView figures) {}

    /** How good the answers of a stage were. */
    @Schema(name = "PrequentialOfStage")
    public record OfStage(String stage, FiguresView figures) {}

    static PrequentialView of(Asked asked, Prequential prequential) {
        return new PrequentialView(
                asked.task().value(),
                asked.window(),
                asked.fading(),
                FiguresView.of(prequential.all()),
                FiguresView.of(prequential.window()),
                FiguresView.of(prequential.faded()),
                prequential.revisions().stream()
                        .map(one -> new OfRevision(one.name().toString(), FiguresView.of(one.figures())))
                        .toList(),
                prequential.stages().stream()
                        .map(one -> new OfStage(one.name(), FiguresView.of(one.figures())))
                        .toList());
    }
}
