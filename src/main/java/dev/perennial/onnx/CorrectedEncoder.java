// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.util.Collections;
import java.util.List;

/**
 * An encoder that is another one with corrections: it has nothing of its own but their numbers, and is computed by the
 * other one's session, beside its texts. Thread-safe.
 */
final class CorrectedEncoder implements Encoder {
    private final OnnxEncoder host;
    private final EncoderInfo info;
    private final Factors factors;
    private final Leases leases = new Leases(() -> {});

    CorrectedEncoder(OnnxEncoder host, EncoderInfo info, Factors factors) {
        this.host = host;
        this.info = info;
        this.factors = factors;
    }

    /** What is known of a host, with another digest and other numbers of its own. */
    static EncoderInfo info(EncoderInfo host, String digest, Factors factors) {
        return new EncoderInfo(
                host.reading(),
                host.id(),
                digest,
                host.dimension(),
                host.pooling(),
                host.prefix(),
                host.maxTokens(),
                host.executionProvider(),
                host.precision(),
                host.parameters(),
                (long) factors.numbers() * Float.BYTES);
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public Encoder host() {
        return host;
    }

    /** @throws IllegalStateException when it is closed */
    Factors factors() {
        return leases.lend(() -> factors);
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return leases.lend(() -> host.encodeCorrected(passages, Collections.nCopies(passages.size(), factors)));
    }

    @Override
    public void close() {
        leases.retire();
    }
}
