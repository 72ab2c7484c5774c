// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The report of an evaluation; rows are named by their positions. A figure that says nothing about the kind of the task
 * is null.
 *
 * @param id {@code eval_...}
 * @param task whose answers it is about
 * @param revision the revision that answered
 * @param createdAt when
 * @param rows how many were asked
 * @param suite digest of the suite that was asked; null when the rows came with the request
 * @param taught rows that were taught as well: their answers are memory, not skill
 * @param seed of draws and slips
 * @param figures of the answers in mode auto
 * @param latency of single answers in mode auto
 * @param labels each label by itself; empty for regression
 * @param confusions wrong answers by right label and answer, most rows first, 100 at most
 * @param wrong wrong rows, those first that were answered most surely; of scores, those furthest off; 100 at most
 * @param wrongTotal how many rows are wrong; of scores, not exact
 * @param reliability the reliability diagram: answers of like probability
 * @param riskCoverage the share of wrong answers among the surest ones
 * @param slices thirds by length, what was taught as well and what was not, and when it was asked for, the rows written
 *     worse
 * @param members each member of the full ensemble by itself, and {@code joint}, the head that sees all
 * @param modes accuracy, cost and latency of each mode, side by side
 * @param plots paths of pictures, by their names; empty for regression
 */
@Schema(name = "Evaluation")
record EvaluationView(
        String id,
        String task,
        String revision,
        Instant createdAt,
        long rows,
        @Nullable String suite,
        long taught,
        long seed,
        FiguresView figures,
        LatencyView latency,
        List<LabelView> labels,
        List<CellView> confusions,
        List<WrongView> wrong,
        long wrongTotal,
        List<BinView> reliability,
        List<PointView> riskCoverage,
        List<SliceView> slices,
        List<VoiceView> members,
        List<ModeView> modes,
        Map<String, String> plots) {

    /**
     * How good answers are.
     *
     * @param accuracy mean of how right the answers are: for classification the share of right ones (no answer is
     *     none); of several labels the share of labels that is right; 1 less the distance of a score as a share of the
     *     range
     * @param accuracyLow lower end of its interval at 95 % confidence, by the bootstrap
     * @param accuracyHigh upper end
     * @param exact share of the answers with which nothing is wrong
     * @param macroF1 mean over the labels
     * @param mcc Matthews correlation
     * @param spearman rank correlation of scores
     * @param pearson correlation of scores
     * @param meanAbsoluteError mean distance of scores
     * @param ece calibration error over 15 bins of equal mass
     * @param nll mean negative log-likelihood of the truth
     * @param brier Brier's score
     * @param aurc area under the risk-coverage curve
     * @param coverage share of the label sets that hold the right label
     * @param targetCoverage what the policy asks of that
     * @param worstCoverage the same of the label with the least
     * @param setSize mean number of labels in a set
     * @param abstention share of rows without an answer
     * @param expectedCost mean cost of an answer by the costs of the policy
     */
    @Schema(name = "EvaluationFigures")
    record FiguresView(
            @Nullable Double accuracy,
            @Nullable Double accuracyLow,
            @Nullable Double accuracyHigh,
            @Nullable Double exact,
            @Nullable Double macroF1,
            @Nullable Double mcc,
            @Nullable Double spearman,
            @Nullable Double pearson,
            @Nullable Double meanAbsoluteError,
            @Nullable Double ece,
            @Nullable Double nll,
            @Nullable Double brier,
            @Nullable Double aurc,
            @Nullable Double coverage,
            @Nullable Double targetCoverage,
            @Nullable Double worstCoverage,
            @Nullable Double setSize,
            @Nullable Double abstention,
            @Nullable Double expectedCost) {}

    /** Seconds that single answers take, one after the other, to texts that were not asked before. */
    @Schema(name = "EvaluationLatency")
    record LatencyView(
            int rows,
            @Nullable Double p50,
            @Nullable Double p95,
            @Nullable Double p99) {}

    /** How well a label is told from the others: its rows, how often it was answered, and how often rightly. */
    @Schema(name = "EvaluationLabel")
    record LabelView(
            String label,
            long rows,
            long answered,
            long right,
            @Nullable Double precision,
            @Nullable Double recall,
            @Nullable Double f1) {}

    /** Rows of one label that were answered by another; answered is null where there was no answer. */
    @Schema(name = "EvaluationConfusion")
    record CellView(
            String label,
            @Nullable String answered,
            long count,

            @Schema(description = "Positions of the first of them")
            List<Integer> rows) {}

    /** A wrong row: what is right, what was answered, and with which probability. */
    @Schema(name = "EvaluationWrongRow")
    record WrongView(
            int index,
            @Nullable String label,
            @Nullable List<String> labels,
            @Nullable Double score,
            @Nullable String answered,
            @Nullable List<String> answeredLabels,
            @Nullable Double answeredScore,
            @Nullable Double probability) {}

    /** Answers of like probability: how many, their mean probability, and the share that is right. */
    @Schema(name = "EvaluationReliability")
    record BinView(int count, double probability, double accuracy) {}

    /** The share of wrong answers among a share of the rows, the surest ones. */
    @Schema(name = "EvaluationRisk")
    record PointView(double coverage, double risk) {}

    /**
     * A part of the rows, or the rows written worse; difference and p are those against the rows as they were written,
     * p of the exact sign test.
     */
    @Schema(name = "EvaluationSlice")
    record SliceView(
            String name,
            long rows,
            @Nullable Double accuracy,
            @Nullable Double difference,
            @Nullable Double p) {}

    /** A member by itself: its weight in the full ensemble, its accuracy and its mean loss. */
    @Schema(name = "EvaluationMember")
    record VoiceView(
            String member,
            double weight,
            @Nullable Double accuracy,
            @Nullable Double loss) {}

    /**
     * One mode beside the others.
     *
     * @param mode auto, full or fast
     * @param differenceToFull of the accuracy
     * @param pToFull of the exact sign test of that
     * @param memoryBytes size of the models that it may ask
     * @param stages share of the rows that each stage answers
     */
    @Schema(name = "EvaluationMode")
    record ModeView(
            String mode,
            @Nullable Double accuracy,
            @Nullable Double differenceToFull,
            @Nullable Double pToFull,
            @Nullable Double expectedCost,
            LatencyView latency,
            long memoryBytes,
            Map<String, Double> stages) {}
}
