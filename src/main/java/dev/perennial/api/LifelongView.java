// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.AccuracyMatrix.Column;
import dev.perennial.evaluate.LifelongGap;
import dev.perennial.evaluate.LifelongMeasures;
import dev.perennial.evaluate.LifelongReport;
import dev.perennial.evaluate.SuiteAccuracyStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the service has learnt over its latest steps, in a reply. */
@Schema(name = "Lifelong")
public record LifelongView(
        @Schema(description = "The latest 200, oldest first")
        List<StepView> steps,

        @Schema(description = "Whose suites were asked, in the order in which they were learnt, then by id")
        List<String> tasks,

        @Schema(
                description = "One row for each step, one column for each task: how right its suite was answered after "
                        + "that step. Where another task changed, what it was before; null before it was first asked")
        List<List<@Nullable Double>> matrix,

        @Schema(description = "Mean over the tasks after the last step; null, like all below, where nothing tells it")
        @Nullable
        Double averageAccuracy,

        @Schema(
                description = "How far the tasks learnt before the last step are below the best that they were, in the "
                        + "mean; 0 is best, below 0 they have all improved")
        @Nullable
        Double forgetting,

        @Schema(
                description = "Mean over the tasks when each had just been learnt, which is when its suite was first "
                        + "asked after its first example")
        @Nullable
        Double newAccuracy,

        @Schema(
                description =
                        "What the tasks learnt before the last step have gained since they had just been learnt, in "
                                + "the mean; below 0 they have lost")
        @Nullable
        Double backwardTransfer,

        @Schema(
                description = "How much better tasks were answered just before their first example than when their "
                        + "suites were first asked, in the mean over those that were asked without examples")
        @Nullable
        Double forwardTransfer,

        @Schema(description = "Mean over the steps of the mean over the tasks learnt by then") @Nullable
        Double averageIncrementalAccuracy,

        @Schema(
                description = "Mean accuracy of learning everything that is stored at once, less that of what serves; "
                        + "above 0, learning in steps has cost accuracy. Only with gaps=true")
        @Nullable
        Double jointGap,

        @Schema(
                description =
                        "The largest relative distance of what serves from the same heads learnt at once; 0 where "
                                + "every number is equal. Only with gaps=true")
        @Nullable
        Double parameterGap,

        @Schema(description = "By task; only with gaps=true") @Nullable
        List<GapView> gaps) {

    /** How what serves a task differs from learning all that is stored of it at once. */
    @Schema(name = "LifelongGap")
    public record GapView(
            String task,
            String revision,

            @Schema(description = "Of the suite") long rows,

            @Schema(description = "Of what serves") double accuracy,

            @Schema(description = "Of what was learnt at once")
            double jointAccuracy,

            double jointGap,

            @Schema(description = "Rows that both answer differently")
            long differentAnswers,

            @Schema(description = "Null where both have not the same heads") @Nullable
            Double parameterGap,

            @Schema(description = "Whether everything that decides an answer is equal")
            boolean sameDigest) {

        static GapView of(LifelongGap gap) {
            return new GapView(
                    gap.task().value(),
                    gap.revision().toString(),
                    gap.rows(),
                    gap.accuracy(),
                    gap.jointAccuracy(),
                    gap.jointGap(),
                    gap.differently(),
                    PredictionView.number(gap.parameterGap()),
                    gap.same());
        }
    }

    /** One step of learning. */
    @Schema(name = "LifelongStep")
    public record StepView(
            @Schema(description = "Its number; later steps have greater ones, with gaps")
            long step,

            @Schema(description = "The revision by which the task answered")
            String revision,

            @Schema(
                    description =
                            "Whose suite was asked, because it answers by another revision or the suite was stored")
            String task,

            @Schema(description = "How many different examples it had learnt")
            long examples,

            Instant recordedAt) {

        static StepView of(SuiteAccuracyStore.Step step) {
            SuiteAccuracyStore.Asked asked = step.asked();
            return new StepView(
                    step.number(),
                    asked.revision().toString(),
                    asked.task().value(),
                    asked.examples(),
                    asked.recordedAt());
        }
    }

    static LifelongView of(LifelongReport report) {
        return of(report, Optional.empty());
    }

    static LifelongView of(LifelongReport report, List<LifelongGap> gaps) {
        return of(report, Optional.of(gaps));
    }

    private static LifelongView of(LifelongReport report, Optional<List<LifelongGap>> gaps) {
        List<Column> columns = report.matrix().columns();
        LifelongMeasures measures = report.measures();
        return new LifelongView(
                report.steps().stream().map(StepView::of).toList(),
                columns.stream().map(Column::task).toList(),
                IntStream.range(0, report.steps().size())
                        .mapToObj(step -> row(columns, step))
                        .toList(),
                PredictionView.number(measures.averageAccuracy()),
                PredictionView.number(measures.forgetting()),
                PredictionView.number(measures.newAccuracy()),
                PredictionView.number(measures.backwardTransfer()),
                PredictionView.number(measures.forwardTransfer()),
                PredictionView.number(measures.averageIncrementalAccuracy()),
                PredictionView.number(of(gaps, LifelongGap::jointGap).average()),
                PredictionView.number(of(gaps, gap -> gap.parameterGap().orElse(Double.NaN))
                        .filter(Double::isFinite)
                        .max()),
                gaps.map(all -> all.stream().map(GapView::of).toList()).orElse(null));
    }

    private static DoubleStream of(Optional<List<LifelongGap>> gaps, ToDoubleFunction<LifelongGap> measure) {
        return gaps.stream().flatMap(List::stream).mapToDouble(measure);
    }

    private static List<@Nullable Double> row(List<Column> columns, int step) {
        return columns.stream()
                .<@Nullable Double>map(column -> PredictionView.number(column.after(step)))
                .toList();
    }
}
