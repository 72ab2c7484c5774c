// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.List;

/** Vectors of passages of documents, by an encoder that may give way to another one. Safe for concurrent use. */
public interface PassageVectors {

    /** Digest of the encoder that reads now; equal digests give equal vectors. */
    String digest();

    /** Vectors of unit length in the order of the texts, and the digest of the encoder that made them. */
    Read read(List<String> texts);

    /** Keeps nothing of what was read. */
    void forget();

    /** What one encoder made of texts. */
    record Read(String digest, List<float[]> vectors) {
        public Read {
            vectors = List.copyOf(vectors);
        }
    }
}
