// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An encoder that gives, besides the embeddings of texts, derivatives in its parameters. Confined to one thread. */
final class EncoderGradients implements AutoCloseable {
    private static final List<int[]> PROBED = List.of(new int[] {3, 7}, new int[] {5, 9});

    private final Workplace workplace;
    private final GradientSessions sessions;
    private final Map<String, OnnxTensor> values;
    private final Map<String, OnnxTensor> gradients;
    private final List<Parameter> parameters;

    private EncoderGradients(
            Workplace workplace,
            GradientSessions sessions,
            Map<String, OnnxTensor> values,
            Map<String, OnnxTensor> gradients,
            List<Parameter> parameters) {
        this.workplace = workplace;
        this.sessions = sessions;
        this.values = values;
        this.gradients = gradients;
        this.parameters = List.copyOf(parameters);
    }

    /**
     * @throws dev.perennial.refusal.Refusal.Invalid when the encoder cannot be differentiated, or nothing of it is
     *     selected
     */
    static EncoderGradients open(
            EncoderFile encoder, Selection selection, SplittableRandom random, Workplace workplace) {
        EncoderGraph graph = EncoderGraph.of(EncoderGraph.parse(encoder.model()));
        Fusion.fuse(graph.network());
        Map<String, Parameter> exposed = SelectedParameters.expose(graph, selection, random);
        String vectors = graph.poolToUnitVectors(encoder.pooling());
        try {
            Map<String, OnnxTensor> values = new HashMap<>();
            Map<String, OnnxTensor> gradients = new HashMap<>();
            for (Map.Entry<String, Parameter> each : exposed.entrySet()) {
                Parameter parameter = each.getValue();
                values.put(each.getKey(), tensor(parameter.values(), parameter.shape(), workplace));
                gradients.put(each.getKey(), tensor(parameter.gradient(), parameter.shape(), workplace));
            }
            Map<String, Value> known = Probe.values(graph.network(), workplace, probes(values, workplace));
            Differentiation.Graphs graphs = Differentiation.of(
                    graph.network(),
                    known,
                    vectors,
                    exposed.keySet().stream().sorted().toList());
            List<Parameter> parameters = exposed.values().stream()
                    .sorted(Comparator.comparing(Parameter::name))
                    .toList();
            return new EncoderGradients(
                    workplace, GradientSessions.open(graphs, vectors, workplace), values, gradients, parameters);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OnnxTensor tensor(FloatBuffer buffer, long[] shape, Workplace workplace) throws OrtException {
        return OnnxTensor.createTensor(workplace.environment(), buffer, shape);
    }

    private static List<Map<String, OnnxTensor>> probes(Map<String, OnnxTensor> values, Workplace workplace)
            throws OrtException {
        List<Map<String, OnnxTensor>> probes = new ArrayList<>();
        for (int[] size : PROBED) {
            List<TokenSequence> texts = new ArrayList<>();
            for (int row = 0; row < size[0]; row++) {
                texts.add(new TokenSequence(new long[size[1]], new long[size[1]]));
            }
            Map<String, OnnxTensor> probe = new HashMap<>(values);
            probe.putAll(TokenBatch.tensors(workplace.environment(), texts));
            probes.add(probe);
        }
        return probes;
    }

    List<Parameter> parameters() {
        return parameters;
    }

    private Map<String, OnnxTensor> inputs(List<TokenSequence> texts) throws OrtException {
        Map<String, OnnxTensor> inputs = TokenBatch.tensors(workplace.environment(), texts);
        inputs.keySet().retainAll(sessions.inputs());
        inputs.putAll(values);
        return inputs;
    }

    /** The embeddings of some texts, one row of unit length each. */
    FloatMatrix embeddings(List<TokenSequence> texts) {
        try (OrtSession.Result result = sessions.result(inputs(texts))) {
            return matrix((OnnxTensor) result.get(0));
        } catch (OrtException e) {
            throw new IllegalStateException("the encoder failed", e);
        }
    }

    /** The loss of some texts; writes its derivatives into the parameters. */
    double differentiate(Exercise exercise) {
        try (GradientSessions.Run run = sessions.run(inputs(exercise.texts()))) {
            FloatMatrix embeddings = matrix(run.result());
            FloatMatrix gradient = FloatMatrix.zeros(embeddings.rows(), embeddings.columns());
            double loss = exercise.loss().of(embeddings, gradient);
            FloatBuffer buffer = TokenBatch.floats(gradient.data().length);
            buffer.put(0, gradient.data());
            try (OnnxTensor tensor = tensor(buffer, new long[] {embeddings.rows(), embeddings.columns()}, workplace)) {
                run.differentiate(tensor, gradients);
            }
            return loss;
        } catch (OrtException e) {
            throw new IllegalStateException("the encoder failed", e);
        }
    }

    private static FloatMatrix matrix(OnnxTensor tensor) {
        long[] shape = tensor.getInfo().getShape();
        FloatMatrix matrix = FloatMatrix.zeros((int) shape[0], (int) shape[1]);
        tensor.getFloatBuffer().get(matrix.data());
        return matrix;
    }

    @Override
    public void close() {
        try {
            sessions.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            values.values().forEach(OnnxTensor::close);
            gradients.values().forEach(OnnxTensor::close);
        }
    }
}
