// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.kge.Triples;
import dev.perennial.knowledge.KnowledgeGraph;
import dev.perennial.knowledge.Neighbour;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the entities of a graph stand to one another, with numbers for their ids: what graph vectors are learnt from.
 * Immutable.
 *
 * @param entities ids of the entities that stand in some relation, by number
 * @param relations ids of the relations, by number
 * @param triples among these
 */
record NumberedGraph(List<String> entities, List<String> relations, Triples triples) {
    private static final int CHUNK = 1 << 12;

    NumberedGraph {
        entities = List.copyOf(entities);
        relations = List.copyOf(relations);
    }

    /** The relations of a graph; the same numbers for the same statements, whichever way it came to them. */
    static NumberedGraph of(KnowledgeGraph graph) {
        List<String> stated = new ArrayList<>(graph.entities());
        graph.forEach(stated::add);
        Collections.sort(stated);
        Numbering numbering = new Numbering();
        for (String entity : stated) {
            for (Neighbour other : graph.relationsOut(entity, Integer.MAX_VALUE)) {
                numbering.add(entity, other.relation(), other.entity());
            }
        }
        return numbering.graph();
    }

    /** Numbers ids in the order in which they come. */
    private static final class Numbering {
        private final Map<String, Integer> entities = new LinkedHashMap<>();
        private final Map<String, Integer> relations = new LinkedHashMap<>();
        private int[] numbers = new int[3 * 1024];
        private int size;

        void add(String head, String relation, String tail) {
            if (size + 3 > numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
            numbers[size++] = number(entities, head);
            numbers[size++] = number(relations, relation);
            numbers[size++] = number(entities, tail);
        }

        private static int number(Map<String, Integer> numbers, String id) {
            return numbers.computeIfAbsent(id, fresh -> numbers.size());
        }

        NumberedGraph graph() {
            return NumberedGraph.of(
                    List.copyOf(entities.keySet()), List.copyOf(relations.keySet()), Arrays.copyOf(numbers, size));
        }
    }

    private static NumberedGraph of(List<String> entities, List<String> relations, int[] numbers) {
        int size = numbers.length / 3;
        int[][] columns = new int[3][size];
        for (int i = 0; i < numbers.length; i++) {
            columns[i % 3][i / 3] = numbers[i];
        }
        return new NumberedGraph(
                entities,
                relations,
                Triples.of(
                        new Triples.Vocabulary(entities.size(), relations.size()), columns[0], columns[1], columns[2]));
    }

    /** The numbers of an entity's and a relation's ids. */
    Index index() {
        return new Index(numbers(entities), numbers(relations));
    }

    private static Map<String, Integer> numbers(List<String> ids) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        ids.forEach(id -> numbers.put(id, numbers.size()));
        return numbers;
    }

    /** From ids to numbers. */
    record Index(Map<String, Integer> entities, Map<String, Integer> relations) {

        /** The numbers of a triple; empty when it names something that is not there. */
        Optional<int[]> numbers(String head, String relation, String tail) {
            Integer h = entities.get(head);
            Integer r = relations.get(relation);
            Integer t = entities.get(tail);
            return h == null || r == null || t == null ? Optional.empty() : Optional.of(new int[] {h, r, t});
        }
    }

    /** Triples among the same entities. */
    Triples among(List<int[]> numbers) {
        int[] flat = numbers.stream().flatMapToInt(Arrays::stream).toArray();
        return of(entities, relations, flat).triples();
    }

    void writeTo(DataOutputStream out) throws IOException {
        write(entities, out);
        write(relations, out);
        out.writeInt(triples.size());
        for (int i = 0; i < triples.size(); i++) {
            out.writeInt(triples.head(i));
            out.writeInt(triples.relation(i));
            out.writeInt(triples.tail(i));
        }
    }

    private static void write(List<String> ids, DataOutputStream out) throws IOException {
        out.writeInt(ids.size());
        for (String id : ids) {
            out.writeUTF(id);
        }
    }

    static NumberedGraph readFrom(DataInputStream in) throws IOException {
        List<String> entities = readIds(in);
        List<String> relations = readIds(in);
        int triples = in.readInt();
        if (triples < 0 || triples > Integer.MAX_VALUE / 3) {
            throw new IOException("more triples than a graph has");
        }
        // Memory is taken as numbers come, because what a damaged stream announces may be anything.
        int[] numbers = new int[3 * Math.min(triples, CHUNK)];
        for (int i = 0; i < 3 * triples; i++) {
            if (i == numbers.length) {
                numbers = Arrays.copyOf(numbers, (int) Math.min(3L * triples, 2L * numbers.length));
            }
            numbers[i] = in.readInt();
        }
        return of(entities, relations, numbers);
    }

    private static List<String> readIds(DataInputStream in) throws IOException {
        List<String> ids = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            ids.add(in.readUTF());
        }
        return ids;
    }

    /** Whether another one has the same numbers for the same triples. */
    boolean isSame(NumberedGraph other) {
        boolean same = entities.equals(other.entities)
                && relations.equals(other.relations)
                && triples.size() == other.triples.size();
        for (int i = 0; same && i < triples.size(); i++) {
            same = triples.head(i) == other.triples.head(i)
                    && triples.relation(i) == other.triples.relation(i)
                    && triples.tail(i) == other.triples.tail(i);
        }
        return same;
    }
}
