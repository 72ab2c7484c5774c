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
    private final Map<List<Object>, Spread> spreads = new ConcurrentHashMap<>();

    /** @param sentences unrelated to one another, at least three */
    public Spreads(List<String> sentences) {
        this.sentences = List.copyOf(sentences);
    }

    /** The spread of an encoder over inputs of a kind. */
    public Spread of(InputKind input, Encoder encoder) {
        return spreads.computeIfAbsent(
                List.of(input, encoder.info().digest()),
                key -> input == InputKind.TEXT
                        ? Spread.ofTexts(encoder, sentences)
                        : Spread.ofPairs(encoder, sentences));
    }

    public FeatureMap featureMap(InputKind input, List<Encoder> members) {
        return new FeatureMap(
                input, members.parallelStream().map(member -> of(input, member)).toList());
    }
}
