// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.perennial.refusal.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts an adapter into an encoder's file, which must be the one that it was made for: weights {@code W} become {@code W
 * + s A B}, or are replaced. The caller has checked the file's hash.
 */
public final class AdaptedFile {
    private final ModelProto model;
    private final EncoderGraph graph;
    private final Adapter adapter;
    private final Map<String, StoredTensor> tensors;

    private AdaptedFile(ModelProto model, Adapter adapter) {
        this.model = model;
        this.graph = EncoderGraph.of(model);
        this.adapter = adapter;
        this.tensors = adapter.tensors().stream().collect(Collectors.toMap(StoredTensor::name, Function.identity()));
    }

    /** @throws Refusal.Invalid when the adapter belongs to another file, or does not fit */
    public static AdaptedFile of(EncoderFile encoder, Adapter adapter) {
        if (!adapter.baseSha256().equals(encoder.sha256())) {
            throw new Refusal.Invalid("/adapter", "The adapter was made for another encoder.");
        }
        return new AdaptedFile(EncoderGraph.parse(encoder.model()), adapter);
    }

    /**
     * The weights that are others than in the encoder's file, by the names that they have in its graph: what
     * {@code SessionOptions.addInitializer} takes.
     */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        changed().forEach((constant, tensor) -> weights.put(constant, changed(tensor)));
        return weights;
    }

    /** What changes each constant of the graph. */
    private Map<String, StoredTensor> changed() {
        Map<String, StoredTensor> changed = new LinkedHashMap<>();
        for (StoredTensor tensor : adapter.tensors()) {
            if (!tensor.name().endsWith(SelectedParameters.SECOND_FACTOR)) {
                changed.put(constant(weightOf(tensor)), tensor);
            }
        }
        return changed;
    }

    private static String weightOf(StoredTensor tensor) {
        String name = tensor.name();
        return name.endsWith(SelectedParameters.FIRST_FACTOR)
                ? name.substring(0, name.length() - SelectedParameters.FIRST_FACTOR.length())
                : name;
    }

    private float[] changed(StoredTensor tensor) {
        String name = weightOf(tensor);
        if (!name.equals(tensor.name())) {
            return corrected(name, tensor);
        }
        require(tensor.hasShape(Tensors.dimensions(graph.weight(name))));
        float[] values = Tensors.floats(graph.weight(name));
        tensor.putInto(values);
        return values;
    }

    private float[] corrected(String name, StoredTensor first) {
        StoredTensor second = second(name, first);
        int rank = (int) first.shape()[1];
        float[] values = Tensors.floats(graph.weight(name));
        int rows = (int) first.shape()[0];
        int columns = (int) second.shape()[1];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += (double) first.values()[row * rank + k] * second.values()[k * columns + column];
                }
                values[row * columns + column] += (float) (adapter.scale() * sum);
            }
        }
        return values;
    }

    /** The other factor, after both were found to fit the weight. */
    private StoredTensor second(String name, StoredTensor first) {
        StoredTensor second = Optional.ofNullable(tensors.get(name + SelectedParameters.SECOND_FACTOR))
                .orElseThrow(AdaptedFile::misfit);
        constant(name);
        require(first.shape().length == 2 && second.shape().length == 2);
        long[] shape = Tensors.dimensions(graph.weight(name));
        long rank = first.shape()[1];
        require(shape.length == 2 && first.hasShape(new long[] {shape[0], rank}));
        require(second.hasShape(new long[] {rank, shape[1]}));
        require(first.positions().isEmpty() && second.positions().isEmpty());
        return second;
    }

    /** What the adapter adds to matrices; empty when it changes anything else. */
    public Optional<List<LowRankCorrection>> corrections() {
        List<LowRankCorrection> corrections = new ArrayList<>();
        for (StoredTensor tensor : adapter.tensors()) {
            if (tensor.name().endsWith(SelectedParameters.FIRST_FACTOR)) {
                String name = weightOf(tensor);
                float[] second = second(name, tensor).values().clone();
                for (int i = 0; i < second.length; i++) {
                    second[i] *= adapter.scale();
                }
                int rank = (int) tensor.shape()[1];
                corrections.add(new LowRankCorrection(constant(name), rank, tensor.values(), second));
            } else if (!tensor.name().endsWith(SelectedParameters.SECOND_FACTOR)) {
                return Optional.empty();
            }
        }
        require(2 * corrections.size() == adapter.tensors().size());
        return Optional.of(corrections);
    }

    private String constant(String name) {
        return Optional.ofNullable(graph.constantByName().get(name)).orElseThrow(AdaptedFile::misfit);
    }

    private static void require(boolean fits) {
        if (!fits) {
            throw misfit();
        }
    }

    private static Refusal.Invalid misfit() {
        return new Refusal.Invalid("/adapter", "The adapter does not fit the encoder's weights.");
    }

    /** Writes an encoder that needs no adapter. */
    public void write(Path file) throws IOException {
        Map<String, StoredTensor> changed = changed();
        GraphProto.Builder adapted = model.getGraph().toBuilder();
        for (int i = 0; i < adapted.getInitializerCount(); i++) {
            TensorProto initializer = adapted.getInitializer(i);
            StoredTensor change = changed.remove(initializer.getName());
            if (change != null) {
                long[] shape = Tensors.dimensions(initializer);
                adapted.setInitializer(i, Tensors.ofFloats(initializer.getName(), shape, changed(change)));
            }
        }
        require(changed.isEmpty());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            model.toBuilder().setGraph(adapted).build().writeTo(out);
        }
    }
}
