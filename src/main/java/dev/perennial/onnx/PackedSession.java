// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session of a {@link PackedGraph}: passages of any lengths run together without padding. */
final class PackedSession implements EncoderSession {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final UnitVectors vectors;

    PackedSession(OrtEnvironment environment, OrtSession session, UnitVectors vectors) {
        this.environment = environment;
        this.session = session;
        this.vectors = vectors;
    }

    @Override
    public int dimension() {
        return vectors.dimension();
    }

    @Override
    public int tokens(List<TokenizedPassage> passages) {
        return passages.stream().mapToInt(TokenizedPassage::length).sum();
    }

    @Override
    public float[][] run(List<TokenizedPassage> passages) throws OrtException {
        return run(passages, Map.of());
    }

    /**
     * Unit vectors of the passages, in their order.
     *
     * @param others what the graph takes beyond {@link PackedRun}; closed by the caller
     */
    float[][] run(List<TokenizedPassage> passages, Map<String, OnnxTensor> others) throws OrtException {
        PackedRun run = new PackedRun(passages);
        FloatBuffer output = DirectBuffers.floats(run.tokens() * dimension());
        long[] shape = {run.tokens(), dimension()};
        Map<String, OnnxTensor> inputs = run.tensors(environment);
        Map<String, OnnxTensor> all = new HashMap<>(inputs);
        all.putAll(others);
        try (OnnxTensor states = OnnxTensor.createTensor(environment, output, shape)) {
            session.run(all, Set.of(), Map.of(PackedGraph.STATES, states)).close();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
        float[][] units = new float[passages.size()][];
        int first = 0;
        for (int i = 0; i < units.length; i++) {
            units[i] = vectors.pool(output, first * dimension(), passages.get(i).length());
            first += passages.get(i).length();
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
}
