// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
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
 *
 * <p>Once it {@link #isSettled}, it is a function of what its graph states, whichever way it came to that: its digest,
 * its vectors and its links are those of an encoder that is made of these statements at once.
 */
public final class KnowledgeEncoder implements LinkingEncoder {
    /** More neighbours than this are not asked whether they are concerned. */
    private static final int MOST_ASKED = 256;

    private static final int MOST_OVERLAY_BYTES = 8 << 20;

    private final Linker linker;
    private final EntitySpeech speech;
    private final Vectors vectors;
    private final Late late;
    private final Optional<RowExchange> exchange;
    private final EncoderInfo info;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private record Vectors(EntityVectors all, EntityRows rows) {
        static Vectors of(KnowledgeGraph graph, EntityVectors all) {
            return new Vectors(all, new EntityRows(graph, all));
        }

        RowExchange exchange(KnowledgeGraph graph, long seed) {
            return rows.exchange(graph, all, seed);
        }

        Vectors with(KnowledgeGraph graph, EntityVectors next, Collection<String> entities) {
            return new Vectors(next, rows.with(graph, next, entities));
        }
    }

    private KnowledgeEncoder(
            Linker linker, EntitySpeech speech, Vectors vectors, Late late, Optional<RowExchange> exchange) {
        this.linker = linker;
        this.speech = speech;
        this.vectors = vectors;
        this.late = late;
        this.exchange = exchange;
        this.info = info(this);
    }

    /**
     * An encoder whose vectors are read from the graph in words, so that a changed entity is read anew.
     *
     * @param texts gave the vectors
     * @param vectors of the linker's graph
     */
    public static KnowledgeEncoder textual(Linker linker, TextualVectors texts, EntityVectors vectors) {
        Vectors all = Vectors.of(linker.graph(), vectors);
        return new KnowledgeEncoder(linker, new ReadSpeech(texts), all, Late.NOTHING, Optional.empty());
    }

    /** An encoder of vectors that were trained or imported, and of {@link InferredVectors} for whom they lack. */
    public static KnowledgeEncoder given(Linker linker, EntityVectors vectors) {
        InferredVectors inferred = InferredVectors.of(linker, vectors);
        return given(linker, inferred, inferred.build(linker));
    }

    /**
     * An encoder of vectors that were trained or imported.
     *
     * @param inferred completes them
     * @param built its vectors of the linker's graph
     */
    public static KnowledgeEncoder given(Linker linker, InferredVectors inferred, EntityVectors built) {
        Vectors all = Vectors.of(linker.graph(), inferred.completed(built));
        return new KnowledgeEncoder(linker, inferred, all, Late.NOTHING, Optional.empty());
    }

    /**
     * For comparison, the same encoder with each entity's vector given to another one, by lot: just as long, and wrong.
     * It is a function of what the graph states and of the seed, as this one is.
     */
    @Override
    public KnowledgeEncoder shuffled(long seed) {
        return new KnowledgeEncoder(linker, speech, vectors, late, Optional.of(vectors.exchange(graph(), seed)));
    }

    /**
     * The encoder after these statements became all that is stated about an entity. Its own vector has followed, those
     * of its neighbours are {@link #late}.
     */
    public KnowledgeEncoder with(String entity, List<Statement> statements) {
        return changed(graph().with(entity, statements), entity);
    }

    /** The encoder after nothing is stated about an entity any more. */
    public KnowledgeEncoder without(String entity) {
        return graph().contains(entity) ? changed(graph().without(entity), entity) : this;
    }

    private KnowledgeEncoder changed(KnowledgeGraph graph, String entity) {
        Concern concern = new Concern(graph(), graph, entity);
        Late concerned = concern.others();
        if (concerned.entities().size() <= MOST_ASKED) {
            concerned = concerned.without(
                    other -> linker.saysTheSame(graph(), graph, other) && speech.keeps(linker, graph(), graph, other));
        }
        return read(linker.index().with(graph, entity), List.of(entity), late.and(concerned));
    }

    /** The encoder after some of the entities that are {@link #late} have followed. */
    public KnowledgeEncoder caughtUp(int most) {
        List<String> some = late.entities().stream().limit(most).toList();
        return some.isEmpty() ? this : read(linker.index(), some, late);
    }

    private KnowledgeEncoder read(AliasIndex index, Collection<String> entities, Late before) {
        Linker next = linker.with(index, entities);
        EntitySpeech.Spoken spoken = speech.spoken(vectors.all, linker, next, entities);
        Vectors nextVectors = vectors.with(index.graph(), spoken.vectors(), entities);
        Optional<RowExchange> nextExchange = exchange.map(dealt -> nextVectors.exchange(index.graph(), dealt.seed()));
        Late nextLate = before.and(spoken.late()).without(entities);
        return new KnowledgeEncoder(next, spoken.speech(), nextVectors, nextLate, nextExchange);
    }

    /** How many entities have not followed yet from changes of their neighbours; {@link #caughtUp} has them follow. */
    public int late() {
        return late.entities().size();
    }

    /**
     * Whether the graph has to be read anew, because more has changed than can be followed entity by entity, or so much
     * as to take too much memory beside its arrays. Every edit takes time in proportion to that.
     */
    public boolean isOutrun() {
        return late.more() || graph().overlayMemory() + linker.index().overlayMemory() > MOST_OVERLAY_BYTES;
    }

    /** Whether all has followed from all changes. */
    public boolean isSettled() {
        return late.isNothing();
    }

    private static EncoderInfo info(KnowledgeEncoder of) {
        EntityVectors vectors = of.vectors.all;
        String rows = vectors.digest() + of.linker.descriptions();
        String all = String.join(
                "\n",
                "knowledge 2",
                of.graph().digest(),
                of.linker.basis(),
                of.speech.source(of.linker),
                of.late.isNothing() ? "" : "late " + rows,
                of.exchange.map(RowExchange::toString).orElse("each its own"));
        byte[] sha256 = StatementOrder.sha256().digest(all.getBytes(StandardCharsets.UTF_8));
        return new EncoderInfo(
                EncoderInfo.Reading.KNOWLEDGE,
                of.graph().id().memberId(),
                HexFormat.of().formatHex(sha256),
                vectors.dimension() + 1,
                EncoderInfo.Pooling.MEAN,
                "",
                of.linker.settings().mostWords() + 1,
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
        return speech.space();
    }

    /** What reads its entities; empty when their vectors come from elsewhere. */
    public Optional<EncoderInfo> reader() {
        return speech instanceof ReadSpeech read
                ? Optional.of(read.texts().encoder().info())
                : Optional.empty();
    }

    /** The graph that it knows. */
    public KnowledgeGraph graph() {
        return linker.graph();
    }

    /** The linker that it reads with. */
    public Linker linker() {
        return linker;
    }

    /** The vectors of its entities, and of some of which nothing is stated. */
    public EntityVectors vectors() {
        return vectors.all;
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
        float[] sum = new float[vectors.all.dimension() + 1];
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
                vectors.all.add(row, link.weight(), sum);
                weights += link.weight();
            }
        }
        return weights;
    }

    private int row(int entity) {
        int own = vectors.rows.of(vectors.all, entity);
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
