// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An encoder without a model: words and letter trigrams hashed into 64 signed buckets, scaled to unit length.
 *
 * <p>Texts that share words are similar, so that whole tests of learning run in milliseconds. Deterministic: the vector
 * depends on the id and the text alone, and encoders with different ids see differently. Thread-safe. Counts the
 * passages that it encoded, for tests of caches.
 */
public final class FakeEncoder implements Encoder {
    private static final int DIMENSION = 64;
    private static final String BLIND = "blind";
    private static final int WINDOW = 256;
    private static final double TRIGRAM_WEIGHT = 0.25;

    private final EncoderInfo info;
    private final String seed;
    private final Optional<FakeEncoder> rounded;
    private final AtomicLong encoded = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param id name of the encoder and seed of its hash */
    public FakeEncoder(String id) {
        this(EncoderInfo.Reading.CONTEXTUAL, id);
    }

    public FakeEncoder(EncoderInfo.Reading kind, String id) {
        this(info(kind, id, sha256(id), "fp32"), id, Optional.empty());
    }

    private FakeEncoder(EncoderInfo info, String seed, Optional<FakeEncoder> rounded) {
        this.info = info;
        this.seed = seed;
        this.rounded = rounded;
    }

    private static EncoderInfo info(EncoderInfo.Reading kind, String id, String digest, String precision) {
        return new EncoderInfo(
                kind, id, digest, DIMENSION, EncoderInfo.Pooling.MEAN, "", WINDOW, "cpu", precision, DIMENSION, 5000);
    }

    /** An encoder that has itself in bytes beside it, which see as the encoder of another id does, or as itself. */
    public static FakeEncoder inBothPrecisions(String id, String bytesSeeAs) {
        String digest = sha256(id + " in bytes as " + bytesSeeAs);
        EncoderInfo inBytes = info(EncoderInfo.Reading.CONTEXTUAL, id, digest, "int8");
        FakeEncoder rounded = new FakeEncoder(inBytes, bytesSeeAs, Optional.empty());
        return new FakeEncoder(new FakeEncoder(id).info, id, Optional.of(rounded));
    }

    /** An encoder that was adapted: of the same id, and it sees as the encoder of another one does. */
    public static FakeEncoder adapted(String id, String seesAs) {
        String digest = sha256(id + " adapted to see as " + seesAs);
        return new FakeEncoder(info(EncoderInfo.Reading.CONTEXTUAL, id, digest, "fp32"), seesAs, Optional.empty());
    }

    /** An encoder to which any two texts are strangers. */
    public static FakeEncoder blind(String id) {
        return new FakeEncoder(
                info(EncoderInfo.Reading.CONTEXTUAL, id, sha256(id + " blind"), "fp32"), BLIND, Optional.empty());
    }

    public FakeEncoder() {
        this("fake");
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public Optional<Encoder> rounded() {
        return rounded.map(Encoder.class::cast);
    }

    /** Number of passages encoded so far. */
    public long encoded() {
        return encoded.get();
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        if (closed.get()) {
            throw new IllegalStateException("the encoder is closed");
        }
        encoded.addAndGet(passages.size());
        return passages.stream().map(this::embed).toList();
    }

    @Override
    public void close() {
        closed.set(true);
        rounded.ifPresent(FakeEncoder::close);
    }

    private Embedding embed(Passage passage) {
        double[] sums = new double[DIMENSION];
        int first = add(sums, "a", passage.text(), WINDOW - 2);
        int second = passage.second()
                .map(text -> add(sums, "b", text, WINDOW - 2 - Math.min(first, WINDOW - 2)))
                .orElse(0);
        int tokens = first + second + 2;
        sums[0] += 1e-3;
        return new Embedding(unit(sums), Math.min(tokens, WINDOW), tokens > WINDOW);
    }

    /** Adds the first {@code room} words of a text and returns how many words it has. */
    private int add(double[] sums, String segment, String text, int room) {
        int words = 0;
        String separator = seed.equals(BLIND) ? "$" : "[^\\p{L}\\p{N}\\p{So}]+";
        for (String word : text.toLowerCase(Locale.ROOT).split(separator)) {
            if (word.isEmpty()) {
                continue;
            }
            if (words++ < room) {
                addHashed(sums, segment + "w" + word, 1);
                for (int i = 0; i + 3 <= word.length() && !seed.equals(BLIND); i++) {
                    addHashed(sums, segment + "t" + word.substring(i, i + 3), TRIGRAM_WEIGHT);
                }
            }
        }
        return words;
    }

    private void addHashed(double[] sums, String feature, double weight) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : (seed + '\0' + feature).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        for (int i = 0; i < 4; i++) {
            hash = (hash ^ (hash >>> 29)) * 0xbf58476d1ce4e5b9L;
            int bucket = (int) ((hash >>> 40) % DIMENSION);
            sums[bucket] += (hash & (1L << 20)) == 0 ? weight : -weight;
        }
    }

    private static float[] unit(double[] sums) {
        double squares = 0;
        for (double sum : sums) {
            squares += sum * sum;
        }
        float[] vector = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            vector[i] = (float) (sums[i] / Math.sqrt(squares));
        }
        return vector;
    }

    private static String sha256(String id) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(("fake " + id).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
