// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoder;
import dev.perennial.member.FeatureMap;
import dev.perennial.member.Spread;
import dev.perennial.member.View;
import dev.perennial.task.DerivedCache;
import dev.perennial.task.InputKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The spread of every encoder, measured once over the same reference sentences and kept. Safe for concurrent use. */
public final class Spreads {
    private static final int NUMBERS = 4;

    private final List<String> sentences;
    private final DerivedCache derived;
    private final Map<String, Spread> spreadByName = new ConcurrentHashMap<>();

    /**
     * @param sentences unrelated to one another, at least three
     * @param derived keeps what was measured
     */
    public Spreads(List<String> sentences, DerivedCache derived) {
        this.sentences = List.copyOf(sentences);
        this.derived = derived;
    }

    /** The spread of an encoder over inputs of a kind. */
    public Spread of(InputKind input, Encoder encoder) {
        return spreadByName.computeIfAbsent(
                name(input, encoder),
                name -> derived.get(name)
                        .filter(kept -> kept.length == NUMBERS * Double.BYTES)
                        .map(Spreads::read)
                        .orElseGet(() -> measured(name, input, encoder)));
    }

    public FeatureMap featureMap(InputKind input, List<Encoder> members) {
        List<Spread> spreads =
                members.parallelStream().map(member -> of(input, member)).toList();
        return new FeatureMap(input, spreads, View.contextual(members));
    }

    private Spread measured(String name, InputKind input, Encoder encoder) {
        Spread spread =
                input == InputKind.TEXT ? Spread.ofTexts(encoder, sentences) : Spread.ofPairs(encoder, sentences);
        derived.put(name, written(spread));
        return spread;
    }

    private static byte[] written(Spread spread) {
        return ByteBuffer.allocate(NUMBERS * Double.BYTES)
                .putDouble(spread.text())
                .putDouble(spread.difference())
                .putDouble(spread.product())
                .putDouble(spread.joined())
                .array();
    }

    private static Spread read(byte[] kept) {
        ByteBuffer in = ByteBuffer.wrap(kept);
        return new Spread(in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble());
    }

    /** Of what the encoder and the sentences are, so that other ones have another name. */
    private String name(InputKind input, Encoder encoder) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(encoder.info().digest().getBytes(StandardCharsets.UTF_8));
            sentences.forEach(sentence -> digest.update(("\n" + sentence).getBytes(StandardCharsets.UTF_8)));
            return "spread-" + input.name().toLowerCase(Locale.ROOT) + "-"
                    + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
