// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.Passage;
import java.util.ArrayList;
import java.util.List;

/** Vectors by the first static encoder that is ready, or by the cheapest one where none is. Thread-safe. */
public final class EncodedPassages implements PassageVectors {
    /** Few enough that others get their turn in between. */
    private static final int PASSAGES_AT_ONCE = 128;

    private final Encoders encoders;

    public EncodedPassages(Encoders encoders) {
        this.encoders = encoders;
    }

    @Override
    public String digest() {
        return encoder().info().digest();
    }

    @Override
    public Read read(List<String> texts) {
        Encoder encoder = encoder();
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += PASSAGES_AT_ONCE) {
            int to = Math.min(texts.size(), from + PASSAGES_AT_ONCE);
            List<Passage> passages =
                    texts.subList(from, to).stream().map(Passage::of).toList();
            encoders.pool().encode(List.of(encoder), passages).get(0).stream()
                    .map(Embedding::vector)
                    .forEach(vectors::add);
        }
        return new Read(encoder.info().digest(), vectors);
    }

    @Override
    public void forget() {
        encoders.pool().forget();
    }

    private Encoder encoder() {
        List<Encoder> ready = encoders.some();
        return ready.stream()
                .filter(encoder -> encoder.info().reading() == EncoderInfo.Reading.STATIC)
                .findFirst()
                .orElseGet(() -> ready.get(0));
    }
}
