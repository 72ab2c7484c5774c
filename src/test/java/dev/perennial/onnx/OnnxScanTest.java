// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxScanTest {
    private static final TensorProto EXTERNAL = TensorProto.newBuilder()
            .setName("secret")
            .setDataType(DataType.FLOAT_VALUE)
            .addDims(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                    StringStringEntryProto.newBuilder().setKey("location").setValue("../../secret"))
            .build();

    @TempDir
    private Path directory;

    private OnnxScan.Weights scan(byte[] model) throws IOException {
        return OnnxScan.scan(Files.write(directory.resolve("model.onnx"), model));
    }

    private void assertRefused(ModelProto model, String reason) {
        assertThatThrownBy(() -> scan(model.toByteArray()))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining(reason);
    }

    private void assertRefused(Consumer<GraphProto.Builder> change, String reason) {
        assertRefused(TinyModel.model(change), reason);
    }

    private static NodeProto.Builder node(String type) {
        return NodeProto.newBuilder().setOpType(type).addOutput("unused");
    }

    @Test
    void scan_findsOutWhatTheWeightsAre() throws IOException {
        OnnxScan.Weights weights = scan(TinyModel.model().toByteArray());
        assertThat(weights.precision()).isEqualTo("fp32");
        assertThat(weights.parameters()).isEqualTo((long) TinyModel.vocabulary() * TinyModel.DIMENSION);
        assertThat(weights.tokenRows()).hasValue(TinyModel.vocabulary());
    }

    @Test
    void dataOutsideTheFile_isRefused() {
        assertRefused(graph -> graph.addInitializer(EXTERNAL), "outside the file");
        assertRefused(graph -> graph.addInitializer(EXTERNAL.toBuilder().clearDataLocation()), "outside the file");
        assertRefused(
                graph -> graph.addNode(node("Constant")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(EXTERNAL))),
                "outside the file");
    }

    @Test
    void foreignOperators_areRefused() {
        assertRefused(graph -> graph.addNode(node("Anything").setDomain("org.example")), "foreign domain");
        assertRefused(graph -> graph.addNode(node("EPContext").setDomain("com.microsoft")), "com.microsoft operator");
        assertRefused(
                TinyModel.model().toBuilder()
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("org.example"))
                        .build(),
                "foreign domain");
    }

    @Test
    void functionsSubgraphsAndRandomness_areRefused() {
        assertRefused(
                TinyModel.model().toBuilder()
                        .addFunctions(FunctionProto.newBuilder().setName("f"))
                        .build(),
                "functions");
        assertRefused(
                graph -> graph.addNode(node("If")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("then_branch")
                                .setG(GraphProto.newBuilder().setName("branch")))),
                "subgraph");
        assertRefused(graph -> graph.addNode(node("RandomNormal")), "random");
    }

    @Test
    void wrongInputs_areRefused() {
        assertRefused(graph -> graph.removeInput(1), "attention_mask");
        assertRefused(graph -> graph.addInput(TinyModel.value("pixels", DataType.INT64, "batch")), "other than");
    }

    @Test
    void absurdSizes_areRefused() {
        TensorProto table = TinyModel.model().getGraph().getInitializer(0);
        assertRefused(graph -> graph.setInitializer(0, table.toBuilder().setDims(0, 1L << 40)), "absurdly large");
        assertRefused(graph -> graph.setInitializer(0, table.toBuilder().setDims(0, -1)), "negative");
        assertRefused(
                graph -> graph.setInitializer(0, table.toBuilder().setDataType(DataType.FLOAT16_VALUE)),
                "half-precision");
        assertRefused(
                graph -> {
                    for (int i = 0; i <= 50_000; i++) {
                        graph.addNode(node("Identity"));
                    }
                },
                "too many");
    }

    @Test
    void truncatedFiles_areRefused() throws IOException {
        byte[] model = TinyModel.model().toByteArray();
        for (int length = 0; length < model.length; length += 7) {
            byte[] part = Arrays.copyOf(model, length);
            assertThatThrownBy(() -> scan(part)).isInstanceOf(Refusal.Invalid.class);
        }
    }
}
