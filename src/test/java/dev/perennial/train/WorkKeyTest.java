// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.adapt.MergeKind;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A key is that of the same training, and of no other. */
final class WorkKeyTest {
    private static final Selection BIASES = new Selection.BiasesAndNorms();

    private static Objective contrast(long token, int label) {
        TokenSequence text = new TokenSequence(new long[] {101, token, 102}, new long[3]);
        return new Objective.Contrast(List.of(new Objective.LabelledText(text, label)), 0.1, 8);
    }

    private static WorkOrder.Train order(Selection selection, Objective objective, Objective watched, long seed) {
        return new WorkOrder.Train(
                new EncoderFile(Path.of("/m/model.onnx"), "ab".repeat(32), Pooling.CLS),
                selection,
                objective,
                watched,
                TrainingPlan.defaults(seed),
                new WorkOrder.Bounds(10, Duration.ofSeconds(3)));
    }

    private static String key(WorkOrder order) {
        return WorkKey.of(order, Device.CPU, List.of());
    }

    @Test
    void key_isTheSame_whateverTimeIsLeft_andWhereverTheEncoderIs() {
        WorkOrder.Train order = order(BIASES, contrast(7, 1), contrast(8, 0), 1);
        WorkOrder.Train moved = new WorkOrder.Train(
                new EncoderFile(Path.of("/n/model.onnx"), "ab".repeat(32), Pooling.CLS),
                order.selection(),
                order.objective(),
                order.watched(),
                order.plan(),
                order.bounds());

        assertThat(key(order))
                .matches("[0-9a-f]{64}")
                .isEqualTo(key(order.with(9, Duration.ofSeconds(1))))
                .isEqualTo(key(moved));
        assertThat(key(new WorkOrder.Continue(order, MergeKind.NONE)))
                .isEqualTo(key(new WorkOrder.Continue(order.with(9, Duration.ZERO), MergeKind.NONE)));
    }

    @Test
    void key_isAnother_ofAnythingElse() {
        WorkOrder.Train order = order(BIASES, contrast(7, 1), contrast(8, 0), 1);
        WorkOrder.Train other = new WorkOrder.Train(
                new EncoderFile(Path.of("/m/model.onnx"), "ac".repeat(32), Pooling.CLS),
                order.selection(),
                order.objective(),
                order.watched(),
                order.plan(),
                order.bounds());
        List<String> keys = List.of(
                key(order),
                key(other),
                key(order(new Selection.LastLayers(1), contrast(7, 1), contrast(8, 0), 1)),
                key(order(BIASES, contrast(6, 1), contrast(8, 0), 1)),
                key(order(BIASES, contrast(7, 2), contrast(8, 0), 1)),
                key(order(BIASES, contrast(7, 1), contrast(9, 0), 1)),
                key(order(BIASES, contrast(7, 1), contrast(8, 0), 2)),
                key(new WorkOrder.Continue(order, MergeKind.NONE)),
                key(new WorkOrder.Continue(order, MergeKind.LINE_MERGE)),
                WorkKey.of(order, Device.CUDA, List.of()),
                WorkKey.of(order, Device.CPU, List.of(new byte[] {1}, new byte[] {2})),
                WorkKey.of(order, Device.CPU, List.of(new byte[] {1, 2}, new byte[] {})));
        Set<String> different = new HashSet<>(keys);

        assertThat(different).hasSameSizeAs(keys);
    }
}
