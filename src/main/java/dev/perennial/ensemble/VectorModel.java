// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Encoder;
import java.util.List;

/**
 * What turns texts into vectors: one encoder, or all of them together.
 *
 * @param id the encoder's id, or {@link VectorModels#ENSEMBLE}
 * @param encoders the encoders whose vectors are joined, in order
 */
public record VectorModel(String id, List<Encoder> encoders) {
    public VectorModel {
        encoders = List.copyOf(encoders);
    }

    /** Length of its vectors. */
    public int dimension() {
        return encoders.stream().mapToInt(encoder -> encoder.info().dimension()).sum();
    }
}
