// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.List;
import java.util.Optional;

/** An encoder in single precision, and beside it the same one rounded to bytes. Thread-safe. */
final class BothPrecisions implements Encoder {
    private final Encoder exact;
    private final Encoder rounded;

    BothPrecisions(Encoder exact, Encoder rounded) {
        this.exact = exact;
        this.rounded = rounded;
    }

    /** The one in single precision. */
    Encoder exact() {
        return exact;
    }

    @Override
    public EncoderInfo info() {
        return exact.info();
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return exact.encode(passages);
    }

    @Override
    public Optional<Encoder> rounded() {
        return Optional.of(rounded);
    }

    @Override
    public void close() {
        exact.close();
        rounded.close();
    }
}
