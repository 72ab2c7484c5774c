// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out types and shapes of all values of a graph by running it on two inputs of odd sizes. */
final class Probe {
    private final Network network;
    private final Map<String, Value> values = new HashMap<>();

    private Probe(Network network) {
        this.network = network;
    }

    /** @param inputs two sets of inputs; wherever a length varies, the two differ and neither is 1 */
    static Map<String, Value> values(Network network, Workplace workplace, List<Map<String, OnnxTensor>> inputs) {
        Probe probe = new Probe(network);
        List<String> outputs = network.nodes().stream()
                .map(NodeProto::getOutputList)
                .flatMap(List::stream)
                .filter(output -> !output.isEmpty())
                .toList();
        try (OrtSession session = workplace.openPlain(network, outputs)) {
            for (Map<String, OnnxTensor> each : inputs) {
                probe.run(session, each);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the trial run failed", e);
        }
        network.constants()
                .forEach((name, tensor) ->
                        probe.values.put(name, Value.of(tensor.getDataType(), Tensors.dimensions(tensor))));
        return Map.copyOf(probe.values);
    }

    private void run(OrtSession session, Map<String, OnnxTensor> inputs) throws OrtException {
        Set<String> taken = network.inputs().stream().collect(Collectors.toSet());
        inputs.forEach((name, tensor) -> {
            if (taken.contains(name)) {
                see(name, tensor.getInfo());
            }
        });
        Map<String, OnnxTensor> wanted = new HashMap<>(inputs);
        wanted.keySet().retainAll(taken);
        try (OrtSession.Result result = session.run(wanted)) {
            result.forEach(entry -> see(entry.getKey(), ((OnnxTensor) entry.getValue()).getInfo()));
        }
    }

    private void see(String name, TensorInfo info) {
        values.merge(name, Value.of(type(info.type), info.getShape()), Probe::both);
    }

    private static Value both(Value first, Value second) {
        boolean[] fixed = new boolean[first.rank()];
        for (int axis = 0; axis < fixed.length; axis++) {
            fixed[axis] = first.dimensions()[axis] == second.dimensions()[axis];
        }
        return new Value(first.type(), first.dimensions(), fixed);
    }

    private static int type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DataType.FLOAT_VALUE;
            case DOUBLE -> DataType.DOUBLE_VALUE;
            case FLOAT16 -> DataType.FLOAT16_VALUE;
            case INT64 -> DataType.INT64_VALUE;
            case INT32 -> DataType.INT32_VALUE;
            case BOOL -> DataType.BOOL_VALUE;
            default -> DataType.UNDEFINED_VALUE;
        };
    }
}
