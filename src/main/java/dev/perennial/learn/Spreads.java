// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Spread;
import dev.perennial.task.InputKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The spread of every encoder, measured once over the same reference sentences. Safe for concurrent use. */
public final class Spreads {
    private final List<String> sentences;
    private final Map<String, Spread> spreadByDigest = new ConcurrentHashMap<>();

    /** @param sentences unrelated to one another, at least three */
    public Spreads(List<String> sentences) {
        this.sentences = List.copyOf(sentences);
    }

    public Spread of(Encoder encoder) {
        return spreadByDigest.computeIfAbsent(
                encoder.info().digest(), digest -> Spread.measure(encoder, sentences));
    }

    public FeatureMap featureMap(InputKind input, List<Encoder> members) {
        return new FeatureMap(input, members.stream().map(this::of).toList());
    }
}
