// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Puts corrections into the weights of a model file, which then needs none. */
final class MergedModel {
    private MergedModel() {}

    static ModelFolder write(ModelFolder original, Collection<Correction> corrections, Path file) throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(original.model()));
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto weight = graph.getInitializer(i);
            for (Correction correction : corrections) {
                if (correction.matrix().equals(weight.getName())) {
                    graph.setInitializer(i, weight.toBuilder().setRawData(merged(weight, correction)));
                }
            }
        }
        Files.write(file, model.toBuilder().setGraph(graph).build().toByteArray());
        return original.with(file, Sha256.of(file));
    }

    private static ByteString merged(TensorProto weight, Correction correction) {
        ByteBuffer bytes = ByteBuffer.wrap(weight.getRawData().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer values = bytes.asFloatBuffer();
        int columns = correction.outputs();
        for (int row = 0; row < correction.inputs(); row++) {
            for (int column = 0; column < columns; column++) {
                double sum = values.get(row * columns + column);
                for (int k = 0; k < correction.rank(); k++) {
                    sum += (double) correction.first()[row * correction.rank() + k]
                            * correction.second()[k * columns + column];
                }
                values.put(row * columns + column, (float) sum);
            }
        }
        return ByteString.copyFrom(bytes.rewind());
    }
}
