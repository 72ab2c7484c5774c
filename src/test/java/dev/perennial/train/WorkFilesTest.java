// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.RetainedShares;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WorkFilesTest {
    private static final EncoderFile ENCODER = new EncoderFile(Path.of("/m/model.onnx"), "ab".repeat(32), Pooling.CLS);

    @TempDir
    private Path directory;

    static Stream<Selection> selections() {
        return Stream.of(
                new Selection.LowRank(Selection.Places.ALL_PRODUCTS, 4, 8, true, 2),
                new Selection.BiasesAndNorms(),
                new Selection.LastLayers(2),
                new Selection.TopShare(0.25, 3));
    }

    @ParameterizedTest
    @MethodSource("selections")
    void anOrder_isReadAsItWasWritten(Selection selection) throws IOException {
        TokenSequence text = new TokenSequence(new long[] {101, 7, 102}, new long[] {0, 0, 1});
        WorkOrder.Train order = new WorkOrder.Train(
                ENCODER,
                selection,
                new Objective.Contrast(List.of(new Objective.LabelledText(text, 3)), 0.07, 12),
                new Objective.Contrast(List.of(new Objective.LabelledText(text, 2)), 0.08, 13),
                new TrainingPlan(9, 2e-3, 0.2, 0.01f, 0.02f, 0.3f, 0.4f, 77),
                new WorkOrder.Bounds(1000, Duration.ofMillis(2500)));
        WorkFiles files = new WorkFiles(directory);
        files.ask(order);

        WorkOrder.Train read = (WorkOrder.Train) files.order();

        assertThat(read).usingRecursiveComparison().isEqualTo(order);
    }

    static Stream<Objective> objectives() {
        TokenSequence text = new TokenSequence(new long[] {101, 7, 102}, new long[] {0, 0, 1});
        TokenSequence other = new TokenSequence(new long[] {101, 102}, new long[] {0, 0});
        return Stream.of(
                new Objective.Classification(List.of(new Objective.LabelledText(List.of(text, other, text), 1)), 5),
                new Objective.Similarity(List.of(new Objective.Pair(text, other, 0.25f)), 6),
                new Objective.SelfContrast(List.of(text, other), 0.07, 7, 0.25));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void anObjective_isReadAsItWasWritten(Objective objective) throws IOException {
        WorkOrder.Train order = new WorkOrder.Train(
                ENCODER,
                new Selection.BiasesAndNorms(),
                objective,
                objective,
                TrainingPlan.defaults(1),
                new WorkOrder.Bounds(1, Duration.ofMillis(1)));
        WorkFiles files = new WorkFiles(directory);
        files.ask(order);

        assertThat(files.order()).usingRecursiveComparison().isEqualTo(order);
    }

    @Test
    void anOrderToMerge_isReadAsItWasWritten() throws IOException {
        WorkFiles files = new WorkFiles(directory);
        files.ask(new WorkOrder.Merge(ENCODER));

        assertThat(files.order()).isEqualTo(new WorkOrder.Merge(ENCODER));
    }

    @Test
    void anOrderToGoOn_isReadAsItWasWritten_andSoIsWhatWasRetained() throws IOException {
        TokenSequence text = new TokenSequence(new long[] {101, 7}, new long[] {0, 0});
        WorkOrder.Continue order = new WorkOrder.Continue(
                new WorkOrder.Train(
                        ENCODER,
                        Selection.LowRank.defaults(),
                        new Objective.Contrast(List.of(new Objective.LabelledText(text, 1)), 0.1, 8),
                        new Objective.Contrast(List.of(new Objective.LabelledText(text, 0)), 0.1, 8),
                        TrainingPlan.defaults(5),
                        new WorkOrder.Bounds(10, Duration.ofSeconds(3))),
                MergeKind.LCIA_CODE);
        RetainedShares shares =
                new RetainedShares(List.of(new RetainedShares.OfTensor("a", 2, .5, .25, .75, .75)), List.of(.25, .75));
        WorkFiles files = new WorkFiles(directory);
        assertThat(files.retained()).isEqualTo(RetainedShares.NONE);
        files.ask(order);
        files.retained(shares);

        assertThat(files.order()).usingRecursiveComparison().isEqualTo(order);
        assertThat(files.order().steps()).isEqualTo(order.train().plan().steps());
        assertThat(files.retained()).isEqualTo(shares);
    }

    static Stream<WorkOutcome> outcomes() {
        return Stream.of(
                new WorkOutcome.Trained(12, 3, true, 1e-7, new WorkOutcome.Cost(1.5, 1L << 33)),
                new WorkOutcome.Merged(),
                new WorkOutcome.Refused("/budget", "No."));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void anOutcome_isReadAsItWasWritten(WorkOutcome outcome) throws IOException {
        WorkFiles files = new WorkFiles(directory);
        assertThat(files.outcome()).isEmpty();
        files.answer(outcome);

        assertThat(files.outcome()).contains(outcome);
    }
}
