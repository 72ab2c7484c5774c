// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.List;

/**
 * The place of a knowledge graph that is gone or cannot be read, among members that keep theirs: it finds no entity in
 * anything. Thread-safe.
 */
final class AbsentMember implements Encoder {
    private final EncoderInfo info;

    AbsentMember(EncoderInfo info) {
        this.info = info;
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return passages.stream()
                .map(passage -> new Embedding(nothing(), 0, false))
                .toList();
    }

    private float[] nothing() {
        float[] vector = new float[info.dimension()];
        vector[vector.length - 1] = 1;
        return vector;
    }

    @Override
    public void close() {}
}
