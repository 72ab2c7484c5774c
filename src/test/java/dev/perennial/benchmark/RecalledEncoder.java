// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An encoder that has read most of what it will be given: the vectors that it was told are given again, and only other
 * passages are read. For replaying a stream many times. Safe for concurrent use.
 */
final class RecalledEncoder implements Encoder {
    private final Encoder reader;
    private final Map<Passage, float[]> vectorByPassage = new ConcurrentHashMap<>();

    RecalledEncoder(Encoder reader) {
        this.reader = reader;
    }

    /** Tells what the encoder says of a passage. */
    void tell(Passage passage, float[] vector) {
        vectorByPassage.put(passage, vector);
    }

    @Override
    public EncoderInfo info() {
        return reader.info();
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        Map<Passage, float[]> found = new HashMap<>();
        List<Passage> missing = new ArrayList<>();
        for (Passage passage : passages) {
            float[] vector = vectorByPassage.get(passage);
            if (vector == null) {
                missing.add(passage);
            } else {
                found.put(passage, vector);
            }
        }
        List<Embedding> read = missing.isEmpty() ? List.of() : reader.encode(missing);
        for (int i = 0; i < missing.size(); i++) {
            found.put(missing.get(i), read.get(i).vector());
            tell(missing.get(i), read.get(i).vector());
        }
        return passages.stream()
                .map(passage -> new Embedding(found.get(passage), 1, false))
                .toList();
    }

    @Override
    public void close() {
        reader.close();
    }
}
