// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph and its backward graph, opened. Confined to one thread. */
final class GradientSessions implements AutoCloseable {
    private final Names names;
    private final OrtSession forward;
    private final OrtSession backward;

    private GradientSessions(Names names, OrtSession forward, OrtSession backward) {
        this.names = names;
        this.forward = forward;
        this.backward = backward;
    }

    /** What remains of the graphs: their nodes and constants are let go. */
    private record Names(
            String result,
            List<String> kept,
            String resultGradient,
            Map<String, String> gradients,
            Set<String> inputs,
            Set<String> backwardInputs) {}

    static GradientSessions open(Differentiation.Graphs graphs, String result, Workplace workplace) {
        List<String> outputs = new ArrayList<>(graphs.kept());
        if (!outputs.contains(result)) {
            outputs.add(result);
        }
        Names names = new Names(
                result,
                graphs.kept(),
                graphs.resultGradient(),
                Map.copyOf(graphs.gradients()),
                Set.copyOf(graphs.forward().inputs()),
                Set.copyOf(graphs.backward().inputs()));
        OrtSession forward = workplace.open(graphs.forward(), outputs);
        OrtSession backward =
                workplace.open(graphs.backward(), List.copyOf(graphs.gradients().values()));
        return new GradientSessions(names, forward, backward);
    }

    /** What the forward graph takes. */
    Set<String> inputs() {
        return names.inputs();
    }

    /** Computes the result alone. */
    OrtSession.Result result(Map<String, OnnxTensor> inputs) throws OrtException {
        return forward.run(inputs, Set.of(names.result()));
    }

    /** Computes the result and keeps what its derivatives need. */
    Run run(Map<String, OnnxTensor> inputs) throws OrtException {
        return new Run(inputs, forward.run(inputs));
    }

    @Override
    public void close() throws OrtException {
        try (OrtSession first = forward;
                OrtSession second = backward) {
            // both are closed, whatever the other does
        }
    }

    /** What one run of the forward graph gave. */
    final class Run implements AutoCloseable {
        private final Map<String, OnnxTensor> inputs;
        private final OrtSession.Result values;

        private Run(Map<String, OnnxTensor> inputs, OrtSession.Result values) {
            this.inputs = Map.copyOf(inputs);
            this.values = values;
        }

        OnnxTensor result() {
            return (OnnxTensor) values.get(names.result()).orElseThrow();
        }

        /**
         * Computes derivatives.
         *
         * @param resultGradient the derivative of the loss in the result
         * @param into where the derivative in each parameter is written
         */
        void differentiate(OnnxTensor resultGradient, Map<String, OnnxTensor> into) throws OrtException {
            Map<String, OnnxTensorLike> taken = new HashMap<>(inputs);
            taken.keySet().retainAll(names.backwardInputs());
            for (String kept : names.kept()) {
                taken.put(kept, (OnnxTensor) values.get(kept).orElseThrow());
            }
            taken.put(names.resultGradient(), resultGradient);
            Map<String, OnnxTensor> given = new HashMap<>();
            names.gradients().forEach((parameter, gradient) -> given.put(gradient, into.get(parameter)));
            backward.run(taken, Set.of(), given).close();
        }

        @Override
        public void close() {
            values.close();
        }
    }
}
