// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A vector for each of many entities, as bytes with a scale a row, found by the entity's id; with those of entities
 * that these lack, and an overlay for those that were changed. Immutable; safe for concurrent use.
 *
 * <p>Rows are numbered: those of the file or the builder first, then those of entities that these lack, then those of
 * the overlay.
 */
public final class EntityVectors {
    private final String source;
    private final VectorRows base;
    private final VectorRows more;
    private final String baseDigest;
    private final Map<String, Integer> places;
    private final List<ByteVector> changed;
    private final EntityHash hash;

    EntityVectors(String source, VectorRows base, String baseDigest) {
        this(source, new Rows(base, new VectorRows(ByteBuffer.allocate(0), 0, base.dimension()), baseDigest));
    }

    private EntityVectors(String source, Rows rows) {
        this(source, rows, Map.of(), List.of(), EntityHash.NOTHING);
    }

    /**
     * All but the overlay.
     *
     * @param more of entities that the base lacks, or has zeros for
     * @param digest of both
     */
    private record Rows(VectorRows base, VectorRows more, String digest) {}

    private EntityVectors(
            String source, Rows rows, Map<String, Integer> places, List<ByteVector> changed, EntityHash hash) {
        this.source = source;
        this.base = rows.base;
        this.more = rows.more;
        this.baseDigest = rows.digest;
        this.places = places;
        this.changed = changed;
        this.hash = hash;
    }

    /** Names all that the rows were made of, so that rows of something else are not taken for them. */
    public String source() {
        return source;
    }

    public int dimension() {
        return base.dimension();
    }

    /** Number of rows, those of the overlay included. */
    public int rows() {
        return baseRows() + changed.size();
    }

    /** Number of entities that have a vector. */
    public int entities() {
        int entities = baseRows();
        for (Map.Entry<String, Integer> place : places.entrySet()) {
            entities += changed.get(place.getValue()).scale() == 0 ? 0 : 1;
            long key = key(place.getKey());
            entities -= base.find(key) >= 0 || more.find(key) >= 0 ? 1 : 0;
        }
        return entities;
    }

    /** Number of entities that were changed since the rows were made. */
    public int overlaySize() {
        return changed.size();
    }

    /** Bytes of the rows, in memory or in a file that is mapped. */
    public long bytes() {
        return VectorRows.size(baseRows(), base.dimension());
    }

    /** SHA-256 in hex over all vectors. */
    public String digest() {
        if (changed.isEmpty()) {
            return baseDigest;
        }
        return hex(baseDigest + hash.digest(changed.size()));
    }

    private static String hex(String digests) {
        return HexFormat.of().formatHex(StatementOrder.sha256().digest(digests.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The vector of an entity, if it has one that is not zero. */
    public Optional<float[]> vector(String entity) {
        int row = rowOf(entity);
        if (row < 0 || scale(row) == 0) {
            return Optional.empty();
        }
        float[] vector = new float[dimension()];
        add(row, 1, vector);
        return Optional.of(vector);
    }

    /** The same vectors but for one entity. */
    public EntityVectors with(String entity, float[] vector) {
        return with(Map.of(entity, Optional.of(vector)));
    }

    /** The same vectors without that of an entity. */
    public EntityVectors without(String entity) {
        return with(Map.of(entity, Optional.empty()));
    }

    /** The same vectors but for some entities, which have these or none. */
    EntityVectors with(Map<String, Optional<float[]>> vectorById) {
        Map<String, Integer> nextPlaces = new HashMap<>(places);
        List<ByteVector> next = new ArrayList<>(changed);
        EntityHash nextHash = hash;
        for (Map.Entry<String, Optional<float[]>> entry : vectorById.entrySet()) {
            String entity = entry.getKey();
            if (entry.getValue().isEmpty() && !nextPlaces.containsKey(entity) && rowOf(entity) < 0) {
                continue;
            }
            ByteVector vector = rounded(entry.getValue());
            nextHash = nextHash.plus(hash(entity, vector));
            Integer place = nextPlaces.putIfAbsent(entity, next.size());
            if (place == null) {
                next.add(vector);
            } else {
                nextHash = nextHash.minus(hash(entity, next.set(place, vector)));
            }
        }
        boolean same = next.size() == changed.size() && nextHash.equals(hash);
        return same ? this : new EntityVectors(source, new Rows(base, more, baseDigest), nextPlaces, next, nextHash);
    }

    private ByteVector rounded(Optional<float[]> vector) {
        if (vector.isPresent() && vector.get().length != dimension()) {
            throw new IllegalArgumentException("a vector of another length");
        }
        return vector.map(ByteVector::of).orElseGet(() -> new ByteVector(new byte[dimension()], 0));
    }

    /** These vectors and those of entities that they lack. */
    EntityVectors completed(EntityVectors lacking) {
        if (more.rows() > 0 || lacking.overlaySize() > 0 || lacking.dimension() != dimension()) {
            throw new IllegalArgumentException("vectors that do not complete these");
        }
        String both = hex(baseDigest + lacking.baseDigest);
        return new EntityVectors(source, new Rows(base, lacking.base, both), places, changed, hash);
    }

    private static EntityHash hash(String entity, ByteVector vector) {
        byte[] id = entity.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(id.length + Float.BYTES + vector.values().length);
        bytes.put(id).putFloat(vector.scale()).put(vector.values());
        ByteBuffer sha256 = ByteBuffer.wrap(StatementOrder.sha256().digest(bytes.array()));
        return new EntityHash(sha256.getLong(), sha256.getLong());
    }

    /** Number of rows without the overlay. */
    int baseRows() {
        return base.rows() + more.rows();
    }

    VectorRows base() {
        return base;
    }

    String baseDigest() {
        return baseDigest;
    }

    /** The row of an entity, or -1. */
    int rowOf(String entity) {
        Integer place = places.get(entity);
        if (place != null) {
            return baseRows() + place;
        }
        long key = key(entity);
        int lacking = more.find(key);
        return lacking >= 0 ? base.rows() + lacking : base.find(key);
    }

    /** What a row of the file or the builder is found by; empty for one of the overlay. */
    OptionalLong key(int row) {
        if (row >= baseRows()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(row < base.rows() ? base.key(row) : more.key(row - base.rows()));
    }

    /** What a row's values are multiplied by; 0 for the zero vector. */
    float scale(int row) {
        if (row >= baseRows()) {
            return changed.get(row - baseRows()).scale();
        }
        return row < base.rows() ? base.scale(row) : more.scale(row - base.rows());
    }

    /** Adds a row times a weight to the first components of a sum. */
    void add(int row, double weight, float[] sum) {
        byte[] values = values(row);
        float factor = (float) (weight * scale(row));
        for (int i = 0; i < values.length; i++) {
            sum[i] += factor * values[i];
        }
    }

    /** Inner product of a row and a vector. */
    double dot(int row, float[] vector) {
        return ByteVector.dot(values(row), vector) * scale(row);
    }

    private byte[] values(int row) {
        if (row >= baseRows()) {
            return changed.get(row - baseRows()).values();
        }
        byte[] values = new byte[base.dimension()];
        if (row < base.rows()) {
            base.get(row, values);
        } else {
            more.get(row - base.rows(), values);
        }
        return values;
    }

    /** By what an entity's row is found: the first 64 bits of the SHA-256 of its id. */
    static long key(String entity) {
        return ByteBuffer.wrap(StatementOrder.sha256().digest(entity.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
