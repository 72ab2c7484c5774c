// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;

/**
 * A session that is known to be right, and passages by which others are compared with it.
 *
 * @param original runs each passage alone
 * @param sample short passages
 */
record Comparison(EncoderSession original, List<TokenizedPassage> sample) {
    private static final int SAMPLE = 40;
    private static final int SAMPLE_TOKENS = 64;

    static Comparison with(EncoderSession original, PassageTokenizer tokenizer) {
        List<TokenizedPassage> sample = CanaryCorpus.passages().stream()
                .map(tokenizer::tokenize)
                .filter(passage -> passage.length() <= SAMPLE_TOKENS)
                .limit(SAMPLE)
                .toList();
        return new Comparison(original, sample);
    }

    /** Cosines to the original's vectors. */
    double[] cosines(EncoderSession candidate) throws OrtException {
        double[] cosines = new double[sample.size()];
        for (int i = 0; i < cosines.length; i++) {
            List<TokenizedPassage> alone = List.of(sample.get(i));
            cosines[i] = product(original.run(alone)[0], candidate.run(alone)[0]);
        }
        return cosines;
    }

    /** Whether vectors have the same bits alone and beside the others. */
    boolean standsAlone(EncoderSession candidate) throws OrtException {
        float[][] together = candidate.run(sample);
        for (int i = 0; i < together.length; i++) {
            if (!Arrays.equals(candidate.run(List.of(sample.get(i)))[0], together[i])) {
                return false;
            }
        }
        return true;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
