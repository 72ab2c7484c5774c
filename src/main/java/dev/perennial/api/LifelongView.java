// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.evaluate.AccuracyMatrix.Column;
import dev.perennial.evaluate.LifelongMeasures;
import dev.perennial.evaluate.LifelongReport;
import dev.perennial.evaluate.SuiteAccuracyStore;
import java.time.Instant;
import java.util.List;
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
        Double averageIncrementalAccuracy) {

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
                PredictionView.number(measures.averageIncrementalAccuracy()));
    }

    private static List<@Nullable Double> row(List<Column> columns, int step) {
        return columns.stream()
                .<@Nullable Double>map(column -> PredictionView.number(column.after(step)))
                .toList();
    }
}
