// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.refusal.Refusal;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session of a graph as it was exported: passages of a run are padded to the longest. */
final class PaddedSession implements EncoderSession {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Graph graph;
    private final UnitVectors vectors;

    private PaddedSession(OrtEnvironment environment, OrtSession session, Graph graph, UnitVectors vectors) {
        this.environment = environment;
        this.session = session;
        this.graph = graph;
        this.vectors = vectors;
    }

    /**
     * Takes over a session.
     *
     * @param probe any passage, run once to learn the dimension
     */
    static PaddedSession of(OrtEnvironment environment, OrtSession session, Pooling pooling, TokenizedPassage probe)
            throws OrtException {
        Graph graph = Graph.of(session);
        PaddedSession unprobed = new PaddedSession(environment, session, graph, new UnitVectors(pooling, 0));
        long[] shape = unprobed.probe(List.of(probe));
        long dimension = shape[shape.length - 1];
        boolean wellShaped = shape[0] == 1 && (graph.pooled() || shape[1] == probe.length());
        if (!wellShaped || dimension < 1 || dimension > 1 << 16) {
            throw new Refusal.Invalid("/model", "The model's output has an unexpected shape.");
        }
        return new PaddedSession(environment, session, graph, new UnitVectors(pooling, (int) dimension));
    }

    /** Whether the graph gives one vector a text by itself. */
    boolean pooled() {
        return graph.pooled();
    }

    @Override
    public int dimension() {
        return vectors.dimension();
    }

    @Override
    public int tokens(List<TokenizedPassage> passages) {
        return passages.size() * longest(passages);
    }

    @Override
    public float[][] run(List<TokenizedPassage> passages) throws OrtException {
        int dimension = vectors.dimension();
        int rows = passages.size();
        int columns = longest(passages);
        long[] shape = graph.pooled() ? new long[] {rows, dimension} : new long[] {rows, columns, dimension};
        int rowSize = graph.pooled() ? dimension : columns * dimension;
        FloatBuffer states = DirectBuffers.floats(rows * rowSize);
        Map<String, OnnxTensor> inputs = inputs(passages, columns);
        try (OnnxTensor output = OnnxTensor.createTensor(environment, states, shape)) {
            session.run(inputs, Set.of(), Map.of(graph.output(), output)).close();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
        float[][] units = new float[rows][];
        for (int row = 0; row < rows; row++) {
            int tokens = graph.pooled() ? 1 : passages.get(row).length();
            units[row] = vectors.pool(states, row * rowSize, tokens);
        }
        return units;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private long[] probe(List<TokenizedPassage> passages) throws OrtException {
        Map<String, OnnxTensor> inputs = inputs(passages, longest(passages));
        try (OrtSession.Result result = session.run(inputs, Set.of(graph.output()))) {
            return ((OnnxTensor) result.get(0)).getInfo().getShape();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private Map<String, OnnxTensor> inputs(List<TokenizedPassage> passages, int columns) throws OrtException {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (String name : graph.inputs()) {
            LongBuffer values = DirectBuffers.longs(passages.size() * columns);
            for (int row = 0; row < passages.size(); row++) {
                TokenizedPassage passage = passages.get(row);
                for (int i = 0; i < passage.length(); i++) {
                    values.put(row * columns + i, value(name, passage, i));
                }
            }
            inputs.put(name, OnnxTensor.createTensor(environment, values, new long[] {passages.size(), columns}));
        }
        return inputs;
    }

    private static long value(String input, TokenizedPassage passage, int token) {
        return switch (input) {
            case "input_ids" -> passage.ids()[token];
            case "attention_mask" -> 1;
            case "token_type_ids" -> passage.types()[token];
            default -> throw new IllegalStateException("not an input of a sentence encoder");
        };
    }

    private static int longest(List<TokenizedPassage> passages) {
        return passages.stream().mapToInt(TokenizedPassage::length).max().orElse(0);
    }
}
