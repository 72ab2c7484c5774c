// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whether a model file computes what a training computed, found out by running it as any other model. */
final class Agreement {
    /** Greatest difference of a component that rounding explains. */
    static final double MOST = 1e-5;

    private Agreement() {}

    /**
     * @param trained what the training gives for the texts
     * @return the greatest difference
     * @throws IllegalStateException when it is more than {@link #MOST}
     */
    static double check(Path model, Pooling pooling, List<TokenSequence> texts, FloatMatrix trained) {
        double worst = 0;
        FloatMatrix served = served(model, pooling, texts, trained.columns());
        for (int i = 0; i < served.data().length; i++) {
            worst = Math.max(worst, Math.abs((double) served.data()[i] - trained.data()[i]));
        }
        if (!(worst <= MOST)) {
            throw new IllegalStateException("the adapted file differs from what was trained by " + worst);
        }
        return worst;
    }

    private static FloatMatrix served(Path model, Pooling pooling, List<TokenSequence> texts, int width) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        String output = EncoderGraph.of(EncoderGraph.parse(model)).output();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                Map<String, OnnxTensor> inputs = TokenBatch.tensors(environment, texts);
                inputs.keySet().retainAll(session.getInputNames());
                try (OrtSession.Result result = session.run(inputs)) {
                    return pooled((OnnxTensor) result.get(output).orElseThrow(), pooling, texts, width);
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the adapted file does not run", e);
        }
    }

    private static FloatMatrix pooled(OnnxTensor states, Pooling pooling, List<TokenSequence> texts, int width) {
        FloatMatrix vectors = FloatMatrix.zeros(texts.size(), width);
        FloatBuffer numbers = states.getFloatBuffer();
        int rowSize = numbers.remaining() / texts.size();
        for (int row = 0; row < texts.size(); row++) {
            boolean one = pooling == Pooling.CLS || rowSize == width;
            int tokens = one ? 1 : texts.get(row).length();
            double[] sums = new double[width];
            double squares = 0;
            for (int k = 0; k < width; k++) {
                for (int token = 0; token < tokens; token++) {
                    sums[k] += numbers.get(row * rowSize + token * width + k);
                }
                squares += sums[k] * sums[k];
            }
            for (int k = 0; k < width; k++) {
                vectors.data()[row * width + k] = (float) (sums[k] / Math.sqrt(squares));
            }
        }
        return vectors;
    }
}
