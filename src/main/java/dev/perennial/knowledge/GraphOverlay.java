// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was stated anew about some entities since the arrays were built. Written by the thread that makes it, before any
 * other sees it; never after.
 */
final class GraphOverlay {
    /** Of an id, of a change or of what leads to one entity, in tables and lists. */
    private static final int BYTES_BESIDE = 128;

    private final GraphArrays base;
    private final Map<String, Integer> numbers;
    private final List<String> ids;
    private final List<String> languages;
    private final Map<Integer, Change> changes;

    /** By the entity that relations lead to: relation and subject in turns. */
    private final Map<Integer, int[]> incoming;

    /** By relation: in how many statements more than those of the arrays it is one. */
    private final Map<Integer, Integer> uses;

    /** Bytes taken, about; those of ids and languages that nothing leads to any more included. */
    private long memory;

    /** What takes the place of all that the arrays say about an entity. */
    @SuppressWarnings("ArrayRecordComponent")
    record Change(byte[] record, EntityHash hash, boolean stated) {
        static final Change REMOVED = new Change(EntityRecord.NOTHING, EntityHash.NOTHING, false);
    }

    GraphOverlay(GraphArrays base) {
        this.base = base;
        this.numbers = new HashMap<>();
        this.ids = new ArrayList<>();
        this.languages = new ArrayList<>();
        this.changes = new HashMap<>();
        this.incoming = new HashMap<>();
        this.uses = new HashMap<>();
    }

    private GraphOverlay(GraphOverlay other) {
        this.base = other.base;
        this.numbers = new HashMap<>(other.numbers);
        this.ids = new ArrayList<>(other.ids);
        this.languages = new ArrayList<>(other.languages);
        this.changes = new HashMap<>(other.changes);
        this.incoming = new HashMap<>(other.incoming);
        this.uses = new HashMap<>(other.uses);
        this.memory = other.memory;
    }

    /** A copy in which an entity is what these statements say, which are in order; nothing when there are none. */
    GraphOverlay with(String entity, List<Statement> ordered) {
        GraphOverlay next = new GraphOverlay(this);
        int number = next.add(entity);
        next.unrelate(number);
        Change change = ordered.isEmpty() ? Change.REMOVED : next.change(number, ordered);
        next.memory += size(change)
                - Optional.ofNullable(next.changes.put(number, change))
                        .map(GraphOverlay::size)
                        .orElse(0L);
        return next;
    }

    private static long size(Change change) {
        return BYTES_BESIDE + (long) change.record.length;
    }

    /** Bytes that it takes, about. */
    long memory() {
        return memory;
    }

    Set<Integer> changed() {
        return changes.keySet();
    }

    int size() {
        return changes.size();
    }

    /** Number of entities, those of the arrays included. */
    int entities() {
        return base.ids().size() + ids.size();
    }

    /** Number of an entity, or -1. */
    int find(String entity) {
        int number = base.ids().find(entity);
        return number >= 0 ? number : numbers.getOrDefault(entity, -1);
    }

    String id(int entity) {
        int added = entity - base.ids().size();
        return added < 0 ? base.ids().get(entity) : ids.get(added);
    }

    String language(int number) {
        int added = number - base.languages().size();
        return added < 0 ? base.languages().get(number) : languages.get(added);
    }

    boolean isChanged(int entity) {
        return !changes.isEmpty() && changes.containsKey(entity);
    }

    boolean isStated(int entity) {
        Change change = changes.get(entity);
        return change == null ? entity < base.ids().size() && base.isStated(entity) : change.stated();
    }

    boolean isRelation(int entity) {
        int before = entity < base.uses().length ? base.uses()[entity] : 0;
        return before + (uses.isEmpty() ? 0 : uses.getOrDefault(entity, 0)) > 0;
    }

    /** Changed entities that something is stated about and that are none of the arrays' subjects. */
    List<Integer> added() {
        return changes.entrySet().stream()
                .filter(entry -> entry.getValue().stated())
                .map(Map.Entry::getKey)
                .filter(entity -> entity >= base.ids().size() || !base.isStated(entity))
                .sorted()
                .toList();
    }

    EntityRecord record(int entity) {
        Change change = changes.get(entity);
        if (change != null) {
            return new EntityRecord(change.record(), 0);
        }
        return entity < base.ids().size() ? base.record(entity) : new EntityRecord(EntityRecord.NOTHING, 0);
    }

    EntityHash hash(int entity) {
        Change change = changes.get(entity);
        if (change != null) {
            return change.hash();
        }
        return entity < base.ids().size() ? base.hash(entity) : EntityHash.NOTHING;
    }

    /** Relations of changed entities that lead to an entity: relation and subject in turns. */
    int[] incoming(int entity) {
        return incoming.getOrDefault(entity, new int[0]);
    }

    private int add(String entity) {
        int number = find(entity);
        if (number < 0) {
            number = entities();
            numbers.put(entity, number);
            ids.add(entity);
            memory += BYTES_BESIDE + entity.length();
        }
        return number;
    }

    private int addLanguage(String language) {
        int number = base.languages().indexOf(language);
        if (number >= 0) {
            return number;
        }
        if (!languages.contains(language)) {
            languages.add(language);
            memory += BYTES_BESIDE + language.length();
        }
        return base.languages().size() + languages.indexOf(language);
    }

    private Change change(int entity, List<Statement> ordered) {
        ByteSink sink = new ByteSink(64);
        new RecordWriter(this::add, this::addLanguage).write(ordered, sink);
        byte[] bytes = sink.toArray();
        EntityRecord record = new EntityRecord(bytes, 0);
        while (record.nextRelation()) {
            use(record.relation(), 1);
            int[] before = incoming(record.other());
            int[] after = Arrays.copyOf(before, before.length + 2);
            after[before.length] = record.relation();
            after[before.length + 1] = entity;
            incoming.put(record.other(), after);
            memory += before.length == 0 ? BYTES_BESIDE : 0;
        }
        return new Change(bytes, StatementOrder.hash(ordered), true);
    }

    /** Takes back what was said about others with an entity. */
    private void unrelate(int entity) {
        EntityRecord record = record(entity);
        while (record.nextRelation()) {
            use(record.relation(), -1);
            int[] pairs = incoming(record.other());
            int[] kept = without(pairs, entity);
            if (kept.length > 0) {
                incoming.put(record.other(), kept);
            } else if (pairs.length > 0) {
                incoming.remove(record.other());
                memory -= BYTES_BESIDE;
            }
        }
    }

    private void use(int relation, int more) {
        int sum = uses.getOrDefault(relation, 0) + more;
        if (sum != 0) {
            uses.put(relation, sum);
        } else {
            uses.remove(relation);
        }
    }

    private static int[] without(int[] pairs, int subject) {
        int[] kept = new int[pairs.length];
        int size = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != subject) {
                kept[size++] = pairs[i];
                kept[size++] = pairs[i + 1];
            }
        }
        return Arrays.copyOf(kept, size);
    }
}
