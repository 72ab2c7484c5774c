// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Encoded;
import dev.perennial.encode.Encoder;
import dev.perennial.ensemble.Known;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.member.Spread;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a knowledge graph has read of a lesson.
 *
 * @param graph one state of it
 * @param vectorByExample its vectors of the examples, by their ids
 * @param vectorByLabel its vectors of the labels' descriptions, by label name
 * @param control what it reads with its entities' vectors dealt out anew; read when it is asked for
 */
record GraphReading(
        LinkingEncoder graph,
        Map<String, float[]> vectorByExample,
        Map<String, float[]> vectorByLabel,
        Supplier<GraphReading> control) {

    /** Id of the graph as a member. */
    String id() {
        return graph.info().id();
    }

    /** Whether it has found an entity in an example's own texts. */
    boolean knows(Known known) {
        float[] vectors =
                Objects.requireNonNull(vectorByExample.get(known.example().id()));
        int dimension = graph.info().dimension();
        int texts = Math.max(1, vectors.length / dimension - 1);
        for (int text = 1; text <= texts; text++) {
            if (vectors[text * dimension - 1] < 1) {
                return true;
            }
        }
        return false;
    }

    /** The share of examples in which it has found an entity. */
    double coverage(LessonRows rows) {
        return rows.taught().stream().filter(this::knows).count()
                / (double) rows.taught().size();
    }

    /** SHA-256 in hex over all that it has read of rows. */
    String digest(LessonRows rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(id().getBytes(StandardCharsets.UTF_8));
            for (Known known : rows.taught()) {
                add(Objects.requireNonNull(vectorByExample.get(known.example().id())), digest);
            }
            rows.labels().stream()
                    .filter(vectorByLabel::containsKey)
                    .forEach(label -> add(Objects.requireNonNull(vectorByLabel.get(label)), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static void add(float[] vector, MessageDigest digest) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
        bytes.asFloatBuffer().put(vector);
        digest.update(bytes.array());
    }

    /**
     * The lesson with the graph as one more member, after the others.
     *
     * @param scale how far apart its vectors are put, beside those of other members
     */
    Lesson joining(Lesson lesson, double scale) {
        List<Encoder> members = new ArrayList<>(lesson.members());
        members.add(graph);
        Spread spread = Spread.ofDirections(graph.info().dimension()).dividedBy(scale * scale);
        Map<String, Encoded> descriptions = new HashMap<>();
        lesson.descriptions()
                .forEach((label, encoded) ->
                        descriptions.put(label, with(encoded, Objects.requireNonNull(vectorByLabel.get(label)))));
        return lesson.with(new Lesson.Sight(
                members,
                lesson.featureMap().with(List.of(spread)),
                lesson.known().stream().map(this::with).toList(),
                descriptions));
    }

    private Known with(Known known) {
        float[] vector =
                Objects.requireNonNull(vectorByExample.get(known.example().id()));
        return new Known(known.example(), with(known.encoded(), vector));
    }

    private static Encoded with(Encoded encoded, float[] vector) {
        List<float[]> vectors = new ArrayList<>(encoded.vectors());
        vectors.add(vector);
        return new Encoded(vectors, encoded.truncated());
    }
}
