// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A session of a {@link CorrectedGraph}: passages run together whatever corrects each of them. */
final class CorrectedSession implements EncoderSession {
    /** Factors are copied for each text of a run; beyond so many numbers, fewer texts run together. */
    private static final int MOST_NUMBERS = 4 << 20;

    private final OrtEnvironment environment;
    private final PackedSession session;
    private final Map<String, List<Long>> shapes;
    private final FloatBuffer zeros;
    private final Queue<FloatBuffer> rooms = new ConcurrentLinkedQueue<>();

    /**
     * Takes over a session.
     *
     * @param shapes rows and columns of the matrices that may be corrected
     */
    CorrectedSession(OrtEnvironment environment, PackedSession session, Map<String, List<Long>> shapes) {
        this.environment = environment;
        this.session = session;
        this.shapes = Map.copyOf(shapes);
        this.zeros = DirectBuffers.floats(Math.toIntExact(
                shapes.values().stream().mapToLong(Collections::max).max().orElseThrow()));
    }

    /** The matrices that may be corrected, with their numbers of rows and columns. */
    Map<String, List<Long>> matrices() {
        return shapes;
    }

    @Override
    public int dimension() {
        return session.dimension();
    }

    @Override
    public int tokens(List<TokenizedPassage> passages) {
        return session.tokens(passages);
    }

    @Override
    public float[][] run(List<TokenizedPassage> passages) throws OrtException {
        return run(passages, Collections.nCopies(passages.size(), Factors.NONE));
    }

    /**
     * Unit vectors of the passages, in their order.
     *
     * @param factors of each passage; all that are not none have the same ranks
     */
    float[][] run(List<TokenizedPassage> passages, List<Factors> factors) throws OrtException {
        int together = together(factors);
        if (together >= passages.size()) {
            return runTogether(passages, factors);
        }
        List<float[]> vectors = new ArrayList<>();
        for (int from = 0; from < passages.size(); from += together) {
            int to = Math.min(passages.size(), from + together);
            Collections.addAll(vectors, runTogether(passages.subList(from, to), factors.subList(from, to)));
        }
        return vectors.toArray(float[][]::new);
    }

    private static int together(List<Factors> factors) {
        Set<Factors> others = new HashSet<>(factors);
        others.remove(Factors.NONE);
        return others.size() < 2
                ? factors.size()
                : Math.max(1, MOST_NUMBERS / others.iterator().next().numbers());
    }

    private float[][] runTogether(List<TokenizedPassage> passages, List<Factors> factors) throws OrtException {
        CorrectedRun run = new CorrectedRun(passages, factors);
        FloatBuffer room = room(run.numbers());
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try {
            run.addTokens(environment, inputs);
            run.addFactors(environment, room, inputs);
            addMissing(inputs);
            return session.run(passages, inputs);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
            rooms.add(room);
        }
    }

    /** As many buffers as there are threads, each as large as one of them needed once. */
    private FloatBuffer room(int numbers) {
        FloatBuffer room = rooms.poll();
        return room != null && room.capacity() >= numbers ? room : DirectBuffers.floats(numbers);
    }

    /** Matrices that nobody in the run corrects get factors of zeros. */
    private void addMissing(Map<String, OnnxTensor> inputs) throws OrtException {
        for (Map.Entry<String, List<Long>> each : shapes.entrySet()) {
            String first = CorrectedGraph.first(each.getKey());
            if (!inputs.containsKey(first)) {
                inputs.put(first, zeros(1, each.getValue().get(0), 1));
                inputs.put(
                        CorrectedGraph.second(each.getKey()),
                        zeros(1, 1, each.getValue().get(1)));
            }
        }
    }

    private OnnxTensor zeros(long... shape) throws OrtException {
        int count = Math.toIntExact(shape[0] * shape[1] * shape[2]);
        return OnnxTensor.createTensor(environment, zeros.slice(0, count), shape);
    }

    @Override
    public void close() {
        session.close();
    }
}
