// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.TokenSequence;
import dev.perennial.math.FloatMatrix;
import java.util.List;

/**
 * What makes an encoder of another one, and by what it is known to be the right one.
 *
 * @param sha256 of whatever decides them, in lower-case hex
 * @param ofMatrices at most one of each
 * @param texts that the corrected encoder was tried on
 * @param vectors that it is to give for them, of unit length
 */
public record ProvenCorrections(
        String sha256, List<Correction> ofMatrices, List<TokenSequence> texts, FloatMatrix vectors) {
    public ProvenCorrections {
        ofMatrices = List.copyOf(ofMatrices);
        texts = List.copyOf(texts);
        if (ofMatrices.isEmpty() || texts.isEmpty() || vectors.rows() != texts.size()) {
            throw new IllegalArgumentException("expected corrections, and a vector for each of some texts");
        }
    }
}
