// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Embeddings of passages that may come again, in memory, bounded in bytes; those that are asked for most stay longest.
 * A passage is known by its SHA-256 alone, so that no text is kept. Safe for concurrent use.
 */
public final class EmbeddingCache {
    /** A key, an embedding and the cache's own books, without the numbers. */
    private static final int ENTRY_BYTES = 200;

    private static final byte ALONE = 0;
    private static final byte JOINED = 1;

    private final boolean enabled;
    private final Cache<Slot, Embedding> embeddings;

    /** @param maxBytes about how much memory it may take; 0: it stays empty */
    public EmbeddingCache(long maxBytes) {
        this.enabled = maxBytes > 0;
        this.embeddings = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Slot slot, Embedding embedding) -> ENTRY_BYTES + embedding.vector().length * Float.BYTES)
                .executor(Runnable::run)
                .build();
    }

    /** A SHA-256. */
    private record PassageHash(long a, long b, long c, long d) {}

    private record Slot(String encoderDigest, PassageHash passage) {}

    /** The passages of one request, looked up for one encoder after another. For one thread. */
    final class Passages {
        private final List<PassageHash> hashes;

        private Passages(List<Passage> passages) {
            this.hashes = enabled ? passages.stream().map(EmbeddingCache::hash).toList() : List.of();
        }

        /** What is known, by the position of its passage. */
        Map<Integer, Embedding> find(EncoderInfo encoder) {
            Map<Integer, Embedding> known = new HashMap<>();
            for (int i = 0; i < hashes.size(); i++) {
                Embedding embedding = embeddings.getIfPresent(new Slot(encoder.digest(), hashes.get(i)));
                if (embedding != null) {
                    known.put(i, embedding);
                }
            }
            return known;
        }

        void keep(EncoderInfo encoder, int passage, Embedding embedding) {
            if (enabled) {
                embeddings.put(new Slot(encoder.digest(), hashes.get(passage)), embedding);
            }
        }
    }

    Passages of(List<Passage> passages) {
        return new Passages(passages);
    }

    /** Forgets everything, as it must when something was to be forgotten. */
    public void clear() {
        embeddings.invalidateAll();
    }

    /** Bytes taken, about. */
    public long bytes() {
        embeddings.cleanUp();
        return embeddings.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    private static PassageHash hash(Passage passage) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] text = passage.text().getBytes(StandardCharsets.UTF_16BE);
            sha256.update(passage.second().isPresent() ? JOINED : ALONE);
            sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).flip());
            sha256.update(text);
            passage.second().ifPresent(second -> sha256.update(second.getBytes(StandardCharsets.UTF_16BE)));
            ByteBuffer bytes = ByteBuffer.wrap(sha256.digest());
            return new PassageHash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
