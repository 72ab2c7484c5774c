// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Names as paths of words, and the entities at their ends, in primitive arrays: about 20 bytes a path's word, 12 bytes
 * an entity of a name, beside the letters of the different words. While one thread changes it, no other may read; one
 * that is changed no more is safe for concurrent use.
 */
final class NameTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private static final int FACTOR = 0x9e3779b9;
    private static final int FLAG_BITS = 3;
    private static final int SHAPE_MASK = 3;
    private static final int RESTRICTED = 4;
    private static final int MOST_SCORE = Integer.MAX_VALUE >> FLAG_BITS;
    private static final List<Shape> SHAPES = List.of(Shape.PLAIN, Shape.CAPITALISED, Shape.CAPITALS);

    private final PackedStrings words;
    private final Paths paths;
    private Entries entries;

    /** Path's ends by parent and word: the child, or 0 where there is none. At most half of it is taken. */
    private int[] slots;

    /** Entries that belong to no name any more; their room and that of their words is not given back. */
    private int removed;

    NameTrie() {
        this(new PackedStrings(), new Paths(), new Entries(), new int[16]);
        paths.add(NONE, NONE);
    }

    private NameTrie(PackedStrings words, Paths paths, Entries entries, int[] slots) {
        this.words = words;
        this.paths = paths;
        this.entries = entries;
        this.slots = slots;
    }

    /** Nodes of the trie: where each comes from, and the first of its entities. */
    private static final class Paths {
        private int[] parents = new int[8];
        private int[] words = new int[8];
        private int[] firsts = new int[8];
        private int size;

        private int add(int parent, int word) {
            if (size == parents.length) {
                resize(ByteSink.grown(size, 1));
            }
            parents[size] = parent;
            words[size] = word;
            firsts[size] = NONE;
            return size++;
        }

        private void resize(int capacity) {
            parents = Arrays.copyOf(parents, capacity);
            words = Arrays.copyOf(words, capacity);
            firsts = Arrays.copyOf(firsts, capacity);
        }

        private Paths copy() {
            Paths copy = new Paths();
            copy.parents = parents.clone();
            copy.words = words.clone();
            copy.firsts = firsts.clone();
            copy.size = size;
            return copy;
        }
    }

    /** Entities at the ends of paths, in linked lists. */
    private static final class Entries {
        private int[] entities = new int[8];
        private int[] scores = new int[8];
        private int[] nexts = new int[8];
        private int size;

        private int add(int entity, int score, int next) {
            if (size == entities.length) {
                resize(ByteSink.grown(size, 1));
            }
            entities[size] = entity;
            scores[size] = score;
            nexts[size] = next;
            return size++;
        }

        private void resize(int capacity) {
            entities = Arrays.copyOf(entities, capacity);
            scores = Arrays.copyOf(scores, capacity);
            nexts = Arrays.copyOf(nexts, capacity);
        }

        private Entries copy() {
            Entries copy = new Entries();
            copy.entities = entities.clone();
            copy.scores = scores.clone();
            copy.nexts = nexts.clone();
            copy.size = size;
            return copy;
        }
    }

    /**
     * How a name is written.
     *
     * @param restricted whether it counts only where it is written just so
     */
    record Spelling(Shape shape, boolean restricted) {}

    NameTrie copy() {
        NameTrie copy = new NameTrie(words.copy(), paths.copy(), entries.copy(), slots.clone());
        copy.removed = removed;
        return copy;
    }

    /** Whether more has been taken from it than is left. */
    boolean isMostlyRemoved() {
        return removed > entries.size - removed;
    }

    boolean isEmpty() {
        return entries.size == 0;
    }

    /** The different words of all names. */
    PackedStrings words() {
        return words;
    }

    int child(int node, int word) {
        return node == NONE || word == NONE ? NONE : slots[slot(node, word)] - 1;
    }

    /** The end of the path of these words, or {@link #NONE}. */
    int find(Tokens name) {
        int node = ROOT;
        for (int i = 0; i < name.size() && node != NONE; i++) {
            node = child(node, words.find(name.bytes(), name.from(i), name.to(i)));
        }
        return node;
    }

    /** First entry of a node, or {@link #NONE}. */
    int first(int node) {
        return node == NONE ? NONE : paths.firsts[node];
    }

    int next(int entry) {
        return entries.nexts[entry];
    }

    int entity(int entry) {
        return entries.entities[entry];
    }

    int score(int entry) {
        return entries.scores[entry] >> FLAG_BITS;
    }

    Shape shape(int entry) {
        return SHAPES.get(entries.scores[entry] & SHAPE_MASK);
    }

    /** Whether the name must be written just so. */
    boolean isRestricted(int entry) {
        return (entries.scores[entry] & RESTRICTED) != 0;
    }

    /**
     * Adds an entity to a name. Of an entity that has the name already the better score and the plainer shape stay; all
     * names of an entity come one after the other.
     */
    void add(Tokens name, int entity, int score, Spelling spelling) {
        int node = ROOT;
        for (int i = 0; i < name.size(); i++) {
            node = childOrNew(node, words.add(name.bytes(), name.from(i), name.to(i)));
        }
        int first = paths.firsts[node];
        if (first != NONE && entries.entities[first] == entity) {
            boolean plainer = spelling.shape.compareTo(shape(first)) < 0;
            Spelling kept = plainer ? spelling : new Spelling(shape(first), spelling.restricted);
            entries.scores[first] = pack(Math.max(score, score(first)), kept);
        } else {
            paths.firsts[node] = entries.add(entity, pack(score, spelling), first);
        }
    }

    /** Takes an entity from a name. */
    void remove(Tokens name, int entity) {
        int node = find(name);
        int before = NONE;
        for (int entry = first(node); entry != NONE; entry = entries.nexts[entry]) {
            if (entries.entities[entry] != entity) {
                before = entry;
                continue;
            }
            removed++;
            if (before == NONE) {
                paths.firsts[node] = entries.nexts[entry];
            } else {
                entries.nexts[before] = entries.nexts[entry];
            }
        }
    }

    /** Puts the entities of each name in the order of {@link #byScore}, and gives back the room for more. */
    void sort(IntFunction<String> ids) {
        Comparator<Integer> order = byScore(ids);
        Entries sorted = new Entries();
        sorted.resize(entries.size);
        for (int node = 0; node < paths.size; node++) {
            int[] all = entries(node);
            if (all.length > 1) {
                all = Arrays.stream(all)
                        .boxed()
                        .sorted(order)
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
            int next = NONE;
            for (int i = all.length - 1; i >= 0; i--) {
                next = sorted.add(entries.entities[all[i]], entries.scores[all[i]], next);
            }
            paths.firsts[node] = next;
        }
        sorted.resize(sorted.size);
        paths.resize(paths.size);
        entries = sorted;
    }

    private int[] entries(int node) {
        return IntStream.iterate(first(node), entry -> entry != NONE, this::next)
                .toArray();
    }

    /** The entries of a node in the order of {@link #byScore}. */
    int[] sorted(int node, IntFunction<String> ids) {
        return Arrays.stream(entries(node))
                .boxed()
                .sorted(byScore(ids))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Entries of the best scores first, of equal ones those of the first ids. */
    private Comparator<Integer> byScore(IntFunction<String> ids) {
        return Comparator.comparingInt((Integer entry) -> -score(entry))
                .thenComparing(entry -> ids.apply(entity(entry)));
    }

    long memory() {
        long ints = slots.length + 3L * paths.parents.length + 3L * entries.entities.length;
        return words.memory() + Integer.BYTES * ints;
    }

    private static int pack(int score, Spelling spelling) {
        int flags = SHAPES.indexOf(spelling.shape) | (spelling.restricted ? RESTRICTED : 0);
        return (Math.min(score, MOST_SCORE) << FLAG_BITS) | flags;
    }

    private int childOrNew(int node, int word) {
        int slot = slot(node, word);
        if (slots[slot] == 0) {
            int child = paths.add(node, word);
            slots[slot] = child + 1;
            if (2 * paths.size > slots.length) {
                rehash();
            }
            return child;
        }
        return slots[slot] - 1;
    }

    private int slot(int node, int word) {
        int mask = slots.length - 1;
        int slot = hash(node, word) & mask;
        while (slots[slot] != 0 && (paths.parents[slots[slot] - 1] != node || paths.words[slots[slot] - 1] != word)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void rehash() {
        slots = new int[Math.multiplyExact(2, slots.length)];
        for (int node = 1; node < paths.size; node++) {
            slots[slot(paths.parents[node], paths.words[node])] = node + 1;
        }
    }

    private static int hash(int node, int word) {
        int bits = ((node * FACTOR) ^ word) * FACTOR;
        int mixed = (bits ^ (bits >>> 15)) * FACTOR;
        return mixed ^ (mixed >>> 13);
    }
}
