// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.Passage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Vectors of entities from what the graph says about them in words: an encoder's embedding of a {@link Verbalisation}.
 * Immutable; as safe for concurrent use as the encoder, which is not closed.
 */
public final class TextualVectors {
    private static final String VERSION = "textual 1";
    private static final int BATCH = 32;

    private final Verbalisation verbalisation;
    private final Encoder encoder;

    public TextualVectors(Verbalisation verbalisation, Encoder encoder) {
        this.verbalisation = verbalisation;
        this.encoder = encoder;
    }

    /** Told how far a build is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Some more entities were looked at.
         *
         * @return whether to go on
         */
        boolean advanced(int done, int all);
    }

    Encoder encoder() {
        return encoder;
    }

    /** Names all that the vectors of a graph are made of. */
    public String source(KnowledgeGraph graph) {
        return hex(
                String.join("\n", VERSION, verbalisation.name(), encoder.info().digest(), graph.digest()));
    }

    /**
     * Encodes all entities that have a name.
     *
     * @param earlier vectors of the same graph as it was; what is still said in the same words is taken from them
     * @throws CancellationException when it was told not to go on
     */
    public EntityVectors build(KnowledgeGraph graph, Optional<EntityVectors> earlier, Progress progress) {
        Build build = new Build(
                graph,
                earlier.filter(vectors -> vectors.dimension() == encoder.info().dimension()),
                new EntityVectorsBuilder(encoder.info().dimension()));
        int[] done = new int[1];
        graph.forEach(entity -> {
            build.add(entity);
            if (++done[0] % BATCH == 0 && !progress.advanced(done[0], graph.entities())) {
                throw new CancellationException();
            }
        });
        build.encode();
        progress.advanced(done[0], graph.entities());
        return build.builder.build(source(graph));
    }

    /** Vectors in which some entities have those that the graph gives them now, or none. */
    public EntityVectors with(EntityVectors before, KnowledgeGraph graph, Collection<String> entities) {
        Map<String, Optional<float[]>> vectorById = new HashMap<>();
        List<String> named = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String entity : entities) {
            Optional<String> text = verbalisation.text(graph, entity);
            if (text.isPresent()) {
                named.add(entity);
                texts.add(text.get());
            } else {
                vectorById.put(entity, Optional.empty());
            }
        }
        List<Embedding> embeddings = texts.isEmpty() ? List.of() : encode(texts);
        for (int i = 0; i < named.size(); i++) {
            vectorById.put(named.get(i), Optional.of(embeddings.get(i).vector()));
        }
        return before.with(vectorById);
    }

    /** Whether an entity is put in the same words by two snapshots of a graph. */
    boolean saysTheSame(KnowledgeGraph one, KnowledgeGraph other, String entity) {
        return verbalisation.text(one, entity).equals(verbalisation.text(other, entity));
    }

    private List<Embedding> encode(List<String> texts) {
        return encoder.encode(texts.stream().map(Passage::of).toList());
    }

    /** The first 64 bits of a SHA-256 over the words and who reads them. */
    private long origin(String text) {
        String all = String.join("\n", VERSION, encoder.info().digest(), text);
        return ByteBuffer.wrap(StatementOrder.sha256().digest(all.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static String hex(String words) {
        return HexFormat.of().formatHex(StatementOrder.sha256().digest(words.getBytes(StandardCharsets.UTF_8)));
    }

    /** Vectors that are being made, and the texts of the next batch. */
    private final class Build {
        private final KnowledgeGraph graph;
        private final Optional<EntityVectors> earlier;
        private final EntityVectorsBuilder builder;
        private final List<String> entities = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        Build(KnowledgeGraph graph, Optional<EntityVectors> earlier, EntityVectorsBuilder builder) {
            this.graph = graph;
            this.earlier = earlier;
            this.builder = builder;
        }

        void add(String entity) {
            verbalisation.text(graph, entity).ifPresent(text -> {
                if (!isKnown(entity, text)) {
                    entities.add(entity);
                    texts.add(text);
                }
            });
            if (texts.size() == BATCH) {
                encode();
            }
        }

        void encode() {
            List<Embedding> embeddings = TextualVectors.this.encode(texts);
            for (int i = 0; i < texts.size(); i++) {
                long key = EntityVectors.key(entities.get(i));
                builder.add(
                        key,
                        origin(texts.get(i)),
                        ByteVector.of(embeddings.get(i).vector()));
            }
            entities.clear();
            texts.clear();
        }

        private boolean isKnown(String entity, String text) {
            if (earlier.isEmpty()) {
                return false;
            }
            VectorRows rows = earlier.get().base();
            long key = EntityVectors.key(entity);
            int row = rows.find(key);
            if (row < 0 || rows.origin(row) != origin(text)) {
                return false;
            }
            byte[] values = new byte[rows.dimension()];
            rows.get(row, values);
            builder.add(key, rows.origin(row), new ByteVector(values, rows.scale(row)));
            return true;
        }
    }
}
