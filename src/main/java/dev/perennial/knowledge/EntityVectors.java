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

/**
 * A vector for each of many entities, as bytes with a scale a row, found by the entity's id; with an overlay for those
 * that were changed. Immutable; safe for concurrent use.
 *
 * <p>Rows are numbered: those of the file or the builder first, then those of the overlay.
 */
public final class EntityVectors {
    private final String source;
    private final VectorRows base;
    private final String baseDigest;
    private final Map<String, Integer> places;
    private final List<ByteVector> changed;
    private final EntityHash hash;

    EntityVectors(String source, VectorRows base, String baseDigest) {
        this(source, base, baseDigest, Map.of(), List.of(), EntityHash.NOTHING);
    }

    private EntityVectors(
            String source,
            VectorRows base,
            String baseDigest,
            Map<String, Integer> places,
            List<ByteVector> changed,
            EntityHash hash) {
        this.source = source;
        this.base = base;
        this.baseDigest = baseDigest;
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
        return base.rows() + changed.size();
    }

    /** Number of entities that were changed since the rows were made. */
    public int overlaySize() {
        return changed.size();
    }

    /** Bytes of the rows, in memory or in a file that is mapped. */
    public long bytes() {
        return VectorRows.size(base.rows(), base.dimension());
    }

    /** SHA-256 in hex over all vectors. */
    public String digest() {
        if (changed.isEmpty()) {
            return baseDigest;
        }
        String all = baseDigest + hash.digest(changed.size());
        return HexFormat.of().formatHex(StatementOrder.sha256().digest(all.getBytes(StandardCharsets.US_ASCII)));
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
        if (vector.length != dimension()) {
            throw new IllegalArgumentException("a vector of another length");
        }
        return with(entity, ByteVector.of(vector));
    }

    /** The same vectors without that of an entity. */
    public EntityVectors without(String entity) {
        return rowOf(entity) < 0 ? this : with(entity, new ByteVector(new byte[dimension()], 0));
    }

    private EntityVectors with(String entity, ByteVector vector) {
        Map<String, Integer> nextPlaces = new HashMap<>(places);
        List<ByteVector> next = new ArrayList<>(changed);
        EntityHash nextHash = hash.plus(hash(entity, vector));
        Integer place = nextPlaces.putIfAbsent(entity, next.size());
        if (place == null) {
            next.add(vector);
        } else {
            nextHash = nextHash.minus(hash(entity, next.set(place, vector)));
        }
        return new EntityVectors(source, base, baseDigest, nextPlaces, next, nextHash);
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
        return base.rows();
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
        return place == null ? base.find(key(entity)) : base.rows() + place;
    }

    /** Whether an entity had a vector when the rows were made. */
    boolean isOfBase(String entity) {
        return base.find(key(entity)) >= 0;
    }

    /** What a row's values are multiplied by; 0 for the zero vector. */
    float scale(int row) {
        return row < base.rows()
                ? base.scale(row)
                : changed.get(row - base.rows()).scale();
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
        if (row >= base.rows()) {
            return changed.get(row - base.rows()).values();
        }
        byte[] values = new byte[base.dimension()];
        base.get(row, values);
        return values;
    }

    /** By what an entity's row is found: the first 64 bits of the SHA-256 of its id. */
    static long key(String entity) {
        return ByteBuffer.wrap(StatementOrder.sha256().digest(entity.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
