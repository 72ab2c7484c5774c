// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * An encoder that knows of a text only which entities of a graph it names: the direction of the sum of their vectors,
 * each times the weight of its mention, and how much is known.
 *
 * <p>With {@code c = min(1, sum of the weights)} and {@code v} that direction, the embedding is {@code [c * v, sqrt(1 -
 * c^2)]}. It tells as much as {@code [v, c]} does and has the unit length that every encoder promises; texts of which
 * nothing is known are equal, and far from all others. An entity without a vector does not count.
 *
 * <p>The two texts of a pair that is read together are searched one after the other. Immutable and safe for concurrent
 * use; a changed entity makes another encoder, which shares all but the change. It does not close the encoder that its
 * linker reads with.
 */
public final class KnowledgeEncoder implements LinkingEncoder {
    private static final int MOST_NEIGHBOURS = 64;

    private final Linker linker;
    private final Optional<TextualVectors> texts;
    private final EntityVectors vectors;
    private final EntityRows rows;
    private final Optional<RowExchange> exchange;
    private final EncoderInfo info;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private KnowledgeEncoder(
            Linker linker,
            Optional<TextualVectors> texts,
            EntityVectors vectors,
            EntityRows rows,
            Optional<RowExchange> exchange) {
        this.linker = linker;
        this.texts = texts;
        this.vectors = vectors;
        this.rows = rows;
        this.exchange = exchange;
        this.info = info(linker, vectors, exchange);
    }

    /**
     * An encoder whose vectors are read from the graph in words, so that a changed entity is read anew.
     *
     * @param texts gave the vectors
     * @param vectors of the linker's graph
     */
    public static KnowledgeEncoder textual(Linker linker, TextualVectors texts, EntityVectors vectors) {
        EntityRows rows = new EntityRows(linker.graph(), vectors);
        return new KnowledgeEncoder(linker, Optional.of(texts), vectors, rows, Optional.empty());
    }

    /**
     * An encoder of vectors from anywhere. An entity that they lack gets the mean of its neighbours' when it is
     * changed.
     */
    public static KnowledgeEncoder given(Linker linker, EntityVectors vectors) {
        EntityRows rows = new EntityRows(linker.graph(), vectors);
        return new KnowledgeEncoder(linker, Optional.empty(), vectors, rows, Optional.empty());
    }

    /**
     * For comparison, the same encoder with each entity's vector given to another one, by lot: just as long, and wrong.
     */
    @Override
    public KnowledgeEncoder shuffled(long seed) {
        return new KnowledgeEncoder(linker, texts, vectors, rows, Optional.of(RowExchange.of(vectors, seed)));
    }

    /** The encoder after these statements became all that is stated about an entity. */
    public KnowledgeEncoder with(String entity, List<Statement> statements) {
        return changed(graph().with(entity, statements), entity);
    }

    /** The encoder after nothing is stated about an entity any more. */
    public KnowledgeEncoder without(String entity) {
        return graph().contains(entity) ? changed(graph().without(entity), entity) : this;
    }

    private KnowledgeEncoder changed(KnowledgeGraph graph, String entity) {
        EntityVectors next = texts.map(words -> words.with(vectors, graph, entity))
                .orElseGet(() -> vectors.isOfBase(entity) ? vectors : meanOfNeighbours(graph, entity));
        Linker nextLinker = linker.with(linker.index().with(graph, entity), entity);
        return new KnowledgeEncoder(nextLinker, texts, next, rows, exchange);
    }

    private EntityVectors meanOfNeighbours(KnowledgeGraph graph, String entity) {
        List<Neighbour> neighbours = new ArrayList<>(graph.relationsOut(entity, MOST_NEIGHBOURS));
        neighbours.addAll(graph.relationsIn(entity, MOST_NEIGHBOURS));
        float[] sum = new float[vectors.dimension()];
        int count = 0;
        for (Neighbour neighbour : neighbours) {
            Optional<float[]> vector = vectors.vector(neighbour.entity());
            if (vector.isPresent() && !neighbour.entity().equals(entity)) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += vector.get()[i];
                }
                count++;
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= Math.max(1, count);
        }
        return count == 0 ? vectors.without(entity) : vectors.with(entity, sum);
    }

    private static EncoderInfo info(Linker linker, EntityVectors vectors, Optional<RowExchange> exchange) {
        String all = String.join(
                "\n",
                "knowledge 1",
                linker.graph().digest(),
                linker.basis(),
                vectors.digest(),
                exchange.map(RowExchange::toString).orElse("each its own"));
        byte[] sha256 = StatementOrder.sha256().digest(all.getBytes(StandardCharsets.UTF_8));
        return new EncoderInfo(
                EncoderInfo.Reading.KNOWLEDGE,
                linker.graph().id().memberId(),
                HexFormat.of().formatHex(sha256),
                vectors.dimension() + 1,
                EncoderInfo.Pooling.MEAN,
                "",
                linker.settings().mostWords() + 1,
                "cpu",
                "int8",
                (long) vectors.rows() * vectors.dimension(),
                vectors.bytes());
    }

    @Override
    public EncoderInfo info() {
        return info;
    }

    @Override
    public String space() {
        return texts.map(read -> "read by " + read.encoder().info().digest())
                .orElseGet(() -> "given " + vectors.baseDigest());
    }

    /** The graph that it knows. */
    public KnowledgeGraph graph() {
        return linker.graph();
    }

    /** The linker that it reads with. */
    public Linker linker() {
        return linker;
    }

    /** The vectors of its entities. */
    public EntityVectors vectors() {
        return vectors;
    }

    @Override
    public List<Embedding> encode(List<Passage> passages) {
        return whileOpen(passages, this::embed);
    }

    /**
     * The entities that a passage names, by which its embedding can be explained; positions are those in the text that
     * has the mention, first those of the first.
     */
    @Override
    public List<LinkedEntity> links(Passage passage) {
        return whileOpen(List.of(passage), this::linked).get(0);
    }

    private List<LinkedEntity> linked(Passage passage) {
        Reading reading = new Reading(passage);
        List<LinkedEntity> linked = new ArrayList<>();
        reading.first.links().forEach(link -> linked.add(linker.linked(link, passage.text())));
        passage.second()
                .ifPresent(text -> reading.second.links().forEach(link -> linked.add(linker.linked(link, text))));
        return linked;
    }

    private <T> List<T> whileOpen(List<Passage> passages, Function<Passage, T> read) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("encoder " + info.id() + " is closed");
            }
            return passages.stream().map(read).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The links of both texts of a passage. */
    private final class Reading {
        private final Linker.Links first;
        private final Linker.Links second;

        Reading(Passage passage) {
            int most = linker.settings().mostWords();
            this.first = linker.links(passage.text(), most);
            this.second = passage.second()
                    .map(text -> linker.links(text, most - first.words()))
                    .orElse(new Linker.Links(List.of(), 0, false));
        }
    }

    private Embedding embed(Passage passage) {
        Reading reading = new Reading(passage);
        float[] sum = new float[vectors.dimension() + 1];
        double weights = add(reading.first, sum) + add(reading.second, sum);
        int words = reading.first.words() + reading.second.words();
        boolean truncated = reading.first.truncated() || reading.second.truncated();
        return new Embedding(covered(sum, weights), words + 1, truncated);
    }

    /** Adds the vectors of what is linked, and returns the sum of their weights. */
    private double add(Linker.Links links, float[] sum) {
        double weights = 0;
        for (Linker.Link link : links.links()) {
            int row = row(link.entity());
            if (row >= 0) {
                vectors.add(row, link.weight(), sum);
                weights += link.weight();
            }
        }
        return weights;
    }

    private int row(int entity) {
        int own = rows.of(graph(), vectors, entity);
        return own < 0 || exchange.isEmpty() ? own : exchange.get().row(own);
    }

    /** Makes a sum, whose last component is 0, as long as what is known of the text, and says what is not. */
    private static float[] covered(float[] sum, double weights) {
        double squares = 0;
        for (float component : sum) {
            squares += (double) component * component;
        }
        double coverage = squares > 0 ? Math.min(1, weights) : 0;
        double factor = squares > 0 ? coverage / Math.sqrt(squares) : 0;
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (sum[i] * factor);
        }
        sum[sum.length - 1] = (float) Math.sqrt(1 - coverage * coverage);
        return sum;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
