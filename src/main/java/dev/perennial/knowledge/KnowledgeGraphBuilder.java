// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.refusal.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a {@link KnowledgeGraph} of all statements of a graph, one entity after the other. Owned by one thread; of no
 * use after {@link #build}.
 */
public final class KnowledgeGraphBuilder {
    /** Name of the limit in a refusal. */
    static final String LIMIT = "knowledge-graph-bytes";

    private final GraphId graph;
    private final long maxBytes;
    private final PackedStrings ids = new PackedStrings();
    private final ByteSink records = new ByteSink(1024);
    private final Map<String, Integer> numberByLanguage = new HashMap<>();
    private final List<String> languages = new ArrayList<>();
    private final RecordWriter writer = new RecordWriter(ids::add, this::language);
    private int[] places = {};
    private int[] subjects = new int[16];
    private int stated;
    private long[] hashes = {};

    /** @param maxBytes about how much memory the arrays of the graph may take */
    public KnowledgeGraphBuilder(GraphId graph, long maxBytes) {
        this.graph = graph;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds an entity.
     *
     * @param statements all about the same entity, none of which was added before; what is derived from the graph is a
     *     function of its statements when entities come in the order of their ids
     * @throws Refusal.TooLarge when the graph does not fit in the memory that it may take
     */
    public void add(List<Statement> statements) {
        if (statements.isEmpty()) {
            return;
        }
        List<Statement> ordered = KnowledgeGraph.ordered(statements.get(0).entity(), statements);
        int entity = ids.add(ordered.get(0).entity());
        if (entity < places.length && places[entity] >= 0) {
            throw new IllegalArgumentException("an entity was added twice");
        }
        int place = records.size();
        writer.write(ordered, records);
        grow();
        places[entity] = place;
        EntityHash hash = StatementOrder.hash(ordered);
        hashes[2 * entity] = hash.high();
        hashes[2 * entity + 1] = hash.low();
        if (stated == subjects.length) {
            subjects = Arrays.copyOf(subjects, ByteSink.grown(stated, 1));
        }
        subjects[stated++] = entity;
        requireRoom();
    }

    /** The graph of all that was added. */
    public KnowledgeGraph build() {
        int entities = ids.size();
        places = exactly(entities);
        int[] uses = new int[entities];
        GraphArrays.Incoming incoming = incoming(uses);
        return new KnowledgeGraph(
                graph,
                new GraphArrays(
                        ids.trimmed(),
                        records.toArray(),
                        places,
                        Arrays.copyOf(subjects, stated),
                        Arrays.copyOf(hashes, 2 * entities),
                        incoming,
                        uses,
                        List.copyOf(languages)));
    }

    private int[] exactly(int entities) {
        int before = places.length;
        int[] exact = Arrays.copyOf(places, entities);
        if (entities > before) {
            Arrays.fill(exact, before, entities, -1);
        }
        return exact;
    }

    /** Counts what leads to each entity, then puts it there. */
    private GraphArrays.Incoming incoming(int[] uses) {
        int[] begins = new int[ids.size() + 1];
        for (int s = 0; s < stated; s++) {
            EntityRecord record = new EntityRecord(records.bytes(), places[subjects[s]]);
            while (record.nextRelation()) {
                begins[record.other() + 1]++;
                uses[record.relation()]++;
            }
        }
        Arrays.parallelPrefix(begins, Math::addExact);
        int[] next = begins.clone();
        int[] relation = new int[begins[ids.size()]];
        int[] subject = new int[begins[ids.size()]];
        for (int s = 0; s < stated; s++) {
            EntityRecord record = new EntityRecord(records.bytes(), places[subjects[s]]);
            while (record.nextRelation()) {
                int at = next[record.other()]++;
                relation[at] = record.relation();
                subject[at] = subjects[s];
            }
        }
        return new GraphArrays.Incoming(begins, relation, subject);
    }

    private int language(String language) {
        return numberByLanguage.computeIfAbsent(language, added -> {
            languages.add(added);
            return languages.size() - 1;
        });
    }

    private void grow() {
        int before = places.length;
        if (ids.size() > before) {
            int capacity = ByteSink.grown(before, ids.size() - before);
            places = Arrays.copyOf(places, capacity);
            Arrays.fill(places, before, capacity, -1);
            hashes = Arrays.copyOf(hashes, Math.multiplyExact(2, capacity));
        }
    }

    private void requireRoom() {
        long bytes = ids.memory() + records.size() + (long) places.length * (2 * Long.BYTES + 4 * Integer.BYTES);
        if (bytes > maxBytes) {
            throw new Refusal.TooLarge(LIMIT, maxBytes, bytes);
        }
    }
}
