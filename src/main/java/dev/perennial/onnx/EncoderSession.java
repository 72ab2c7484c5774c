// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import java.util.List;

/**
 * A session of ONNX Runtime that turns tokenized passages into unit vectors, on the calling thread.
 *
 * <p>Reads and writes direct buffers, so that nothing is copied between the heap and the runtime. Safe for concurrent
 * runs; must not be closed while running.
 */
sealed interface EncoderSession extends AutoCloseable permits PaddedSession, PackedSession, CorrectedSession {

    /** Length of the vectors. */
    int dimension();

    /** How many tokens a run of these passages computes, padding included. */
    int tokens(List<TokenizedPassage> passages);

    /** Unit vectors of the passages, in their order. */
    float[][] run(List<TokenizedPassage> passages) throws OrtException;

    @Override
    void close();
}
