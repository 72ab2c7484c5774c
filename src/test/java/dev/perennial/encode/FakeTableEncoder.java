// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A static encoder over words hashed into a small table of random rows. Thread-safe. */
public final class FakeTableEncoder implements TableEncoder {
    public static final int ROWS = 512;
    public static final int DIMENSION = 64;

    private static final long PARAMETERS = (long) ROWS * DIMENSION;
    private static final String TEACHER = "all-minilm-l6-v2";

    private final EncoderInfo info;
    private final String teacher;
    private final List<float[]> rows;

    private FakeTableEncoder(String id, String teacher, List<float[]> rows, long parameters) {
        this.teacher = teacher;
        this.rows = rows;
        int content = rows.stream().mapToInt(Arrays::hashCode).reduce(1, (a, b) -> 31 * a + b);
        this.info = new EncoderInfo(
                EncoderInfo.Reading.STATIC,
                id,
                String.format("%064x", content & 0xffffffffL),
                DIMENSION,
                EncoderInfo.Pooling.MEAN,
                "",
                ROWS,
                "cpu",
                "fp32",
                parameters,
                0);
    }

    /** A table of rows that mean nothing. */
    public static FakeTableEncoder random(long seed) {
        return new FakeTableEncoder("static", TEACHER, rows(seed), PARAMETERS);
    }

    /** The same as if it were the table of a teacher, and a smaller one. */
    public static FakeTableEncoder of(String id, String teacher) {
        return new FakeTableEncoder(id, teacher, rows(id.hashCode()), PARAMETERS / 2);
    }

    private static List<float[]> rows(long seed) {
        Random random = new Random(seed);
        return Stream.generate(() -> {
                    float[] row = new float[DIMENSION];
                    for (int k = 0; k < row.length; k++) {
                        row[k] = (float) (0.1 * random.nextGaussian());
                    }
                    return row;
                })
                .limit(ROWS)
                .toList();
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public String teacher() {
        return teacher;
    }

    @Override
    public int[] pieces(Passage passage) {
        String text =
                passage.text() + passage.second().map(second -> " " + second).orElse("");
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split(" "))
                .filter(word -> !word.isBlank())
                .mapToInt(word -> Math.floorMod(word.hashCode(), ROWS))
                .toArray();
    }

    @Override
    public float[] row(int piece) {
        return rows.get(piece).clone();
    }

    @Override
    public FakeTableEncoder with(Map<Integer, float[]> rowByPiece) {
        List<float[]> other = new ArrayList<>(rows);
        new HashMap<>(rowByPiece).forEach((piece, row) -> other.set(piece, row.clone()));
        return new FakeTableEncoder(info.id(), teacher, List.copyOf(other), info.parameters());
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return passages.stream().map(this::embed).toList();
    }

    private Embedding embed(Passage passage) {
        float[] vector = new float[DIMENSION];
        int[] pieces = pieces(passage);
        for (int piece : pieces) {
            for (int k = 0; k < DIMENSION; k++) {
                vector[k] += rows.get(piece)[k];
            }
        }
        vector[0] += 1e-6f;
        double squares = 0;
        for (float component : vector) {
            squares += (double) component * component;
        }
        for (int k = 0; k < DIMENSION; k++) {
            vector[k] /= (float) Math.sqrt(squares);
        }
        return new Embedding(vector, pieces.length + 2, false);
    }

    @Override
    public void close() {}
}
