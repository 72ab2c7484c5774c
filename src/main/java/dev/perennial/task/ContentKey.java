// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of what a teaching says (input, answer, weight), in hex.
 *
 * <p>Learning orders examples by this key, which makes a fitted head a function of the set of examples and not of the
 * order in which they came.
 */
public record ContentKey(String hex) implements Comparable<ContentKey> {

    /** The key of a teaching. External ids and sources do not take part. */
    public static ContentKey of(Teaching teaching) {
        MessageDigest digest = sha256();
        add(digest, teaching.input());
        Answer answer = teaching.answer();
        add(digest, answer.kind().name());
        if (answer instanceof Answer.OneLabel one) {
            add(digest, one.label());
        } else if (answer instanceof Answer.Labels many) {
            many.labels().forEach(label -> add(digest, label));
        } else if (answer instanceof Answer.Score score) {
            add(digest, score.score());
        }
        add(digest, teaching.weight());
        return new ContentKey(HexFormat.of().formatHex(digest.digest()));
    }

    /** The digest of what is asked about alone. */
    public static ContentKey of(Input input) {
        MessageDigest digest = sha256();
        add(digest, input);
        return new ContentKey(HexFormat.of().formatHex(digest.digest()));
    }

    /** The digest of a text alone. */
    public static ContentKey ofText(String text) {
        MessageDigest digest = sha256();
        add(digest, text);
        return new ContentKey(HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public int compareTo(ContentKey other) {
        return hex.compareTo(other.hex);
    }

    private static void add(MessageDigest digest, Input input) {
        add(digest, input.text().value());
        add(digest, input.textPair().isPresent() ? "pair" : "text");
        input.textPair().ifPresent(pair -> add(digest, pair.value()));
    }

    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static void add(MessageDigest digest, double number) {
        digest.update(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
