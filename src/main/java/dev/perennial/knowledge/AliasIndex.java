// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The names of a {@link KnowledgeGraph}'s entities and what each may mean, compact, with an overlay for entities that
 * were changed. Immutable; safe for concurrent use.
 *
 * <p>Names are compared word by word as {@link Tokens} and {@link Folding} say; punctuation between words does not
 * count. A name of one letter is no name. One of two letters, or of English function words alone ("who", "may"), counts
 * only where it is written in capitals as the graph writes it: all capitals in a text that has small letters ("WHO"),
 * or with a capital that no beginning of a sentence explains ("in May"); it is dropped when the graph writes it
 * without. Names longer than {@value #MOST_WORDS} words are dropped.
 *
 * <p>The prior of an entity is in proportion to how often the name was seen to mean it, plus 1, plus a half when it is
 * its label and not an alias. Of each name the {@value Candidates#MOST} best entities are looked at, and what the
 * others take from the prior. What is found is a function of the graph as it is now, changes included.
 */
public final class AliasIndex {
    /** A name may have so many words. */
    static final int MOST_WORDS = 32;

    private static final int SHORT_NAME = 3;
    private static final int[] NO_ENTRIES = {};

    private final KnowledgeGraph graph;
    private final NameTrie base;
    private final NameTrie overlay;
    private final WordCounts counts;

    private AliasIndex(KnowledgeGraph graph, NameTrie base, NameTrie overlay, WordCounts counts) {
        this.graph = graph;
        this.base = base;
        this.overlay = overlay;
        this.counts = counts;
    }

    /** The index of all names of a graph. */
    public static AliasIndex of(KnowledgeGraph graph) {
        NameTrie trie = new NameTrie();
        graph.forEachNumber(entity -> add(trie, graph, entity));
        trie.sort(graph::idOf);
        return new AliasIndex(graph, trie, new NameTrie(), WordCounts.of(trie.words(), graph));
    }

    /**
     * The index of a graph that differs in one entity from the one that this is the index of. It takes memory in
     * proportion to the names that the changed entities have, whatever they were called before.
     */
    public AliasIndex with(KnowledgeGraph changed, String entity) {
        NameTrie next = overlay.copy();
        int before = graph.numberOf(entity);
        if (before >= 0 && graph.isChanged(before)) {
            forEachName(graph, before, name -> next.remove(name.tokens(), before));
        }
        int after = changed.numberOf(entity);
        if (after >= 0) {
            add(next, changed, after);
        }
        NameTrie kept = next.isMostlyRemoved() ? ofChanged(changed) : next;
        return new AliasIndex(changed, base, kept, counts.with(graph, changed, after));
    }

    private static NameTrie ofChanged(KnowledgeGraph graph) {
        NameTrie trie = new NameTrie();
        graph.forEachChanged(entity -> add(trie, graph, entity));
        return trie;
    }

    /** The graph whose names these are. */
    public KnowledgeGraph graph() {
        return graph;
    }

    /** What a name may mean, the most probable first. */
    public List<Candidate> candidates(String name) {
        Tokens tokens = Tokens.of(name, MOST_WORDS);
        Candidates found = new Candidates();
        collect(base.find(tokens), overlay.find(tokens), (shape, restricted) -> 1, found);
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            candidates.add(new Candidate(graph.idOf(found.entity(i)), found.prior(i)));
        }
        candidates.sort(Comparator.comparingDouble(Candidate::prior).reversed().thenComparing(Candidate::entity));
        return candidates;
    }

    /** Bytes of memory that it takes, about; the graph is not counted. */
    public long memory() {
        return base.memory() + overlay.memory() + counts.memory();
    }

    /** Bytes that names and words of changed entities take, about. */
    long overlayMemory() {
        return overlay.memory() + counts.laterMemory();
    }

    NameTrie base() {
        return base;
    }

    NameTrie overlay() {
        return overlay;
    }

    /** How much a word of the base says, in [0, 1]; 1 for {@link NameTrie#NONE}. */
    double rarity(int word) {
        return word < 0 ? 1 : counts.rarity(word);
    }

    /** How much a word says that only names of changed entities have. */
    double rarity(byte[] bytes, int from, int to) {
        return counts.rarity(bytes, from, to);
    }

    /** How an entry of a name scores in a text; 0 when it does not count there. */
    @FunctionalInterface
    interface Judge {
        double factor(Shape shape, boolean restricted);
    }

    /** Collects the entities at the ends of two paths, either of which may be {@link NameTrie#NONE}. */
    void collect(int node, int overlayNode, Judge judge, Candidates into) {
        into.clear();
        Merge merge = new Merge(
                base.first(node),
                overlay.first(overlayNode) == NameTrie.NONE ? NO_ENTRIES : overlay.sorted(overlayNode, graph::idOf));
        int seen = 0;
        long lost = 0;
        while (merge.next()) {
            if (seen++ < Candidates.MOST) {
                collect(merge.trie, merge.entry, judge, into);
            } else {
                lost += merge.trie.score(merge.entry);
            }
        }
        if (into.size() > 0) {
            into.lose((double) lost);
        }
    }

    /** The entries of a node of the base and of one of the overlay, the best first, without those of before. */
    private final class Merge {
        private final int[] changed;
        private int next;
        private int nextChanged;
        private NameTrie trie = base;
        private int entry = NameTrie.NONE;

        Merge(int first, int[] changed) {
            this.next = first;
            this.changed = changed;
        }

        boolean next() {
            while (next != NameTrie.NONE && graph.isChanged(base.entity(next))) {
                next = base.next(next);
            }
            if (nextChanged < changed.length && (next == NameTrie.NONE || isChangedFirst())) {
                trie = overlay;
                entry = changed[nextChanged++];
                return true;
            }
            trie = base;
            entry = next;
            next = next == NameTrie.NONE ? next : base.next(next);
            return entry != NameTrie.NONE;
        }

        private boolean isChangedFirst() {
            int scoreOfChanged = overlay.score(changed[nextChanged]);
            int score = base.score(next);
            return scoreOfChanged > score || (scoreOfChanged == score && isBefore(changed[nextChanged]));
        }

        private boolean isBefore(int entryOfChanged) {
            String id = graph.idOf(overlay.entity(entryOfChanged));
            return id.compareTo(graph.idOf(base.entity(next))) < 0;
        }
    }

    private void collect(NameTrie trie, int entry, Judge judge, Candidates into) {
        double factor = judge.factor(trie.shape(entry), trie.isRestricted(entry));
        int entity = trie.entity(entry);
        if (factor > 0 && graph.isNameable(entity)) {
            into.add(entity, factor * trie.score(entry));
        }
    }

    /** A name of an entity, with twice its count. */
    private record Name(Tokens tokens, String words, int score) {}

    private interface NameReader {
        void read(Name name);
    }

    private static void forEachName(KnowledgeGraph graph, int entity, NameReader reader) {
        EntityRecord record = graph.record(entity);
        while (record.nextWords()) {
            if (record.isName()) {
                String words = record.words();
                Tokens tokens = Tokens.of(words, MOST_WORDS);
                if (tokens.size() > 0 && !tokens.hasMore()) {
                    long score = 2L * record.count() + 2 + (record.aspect() == Aspect.LABEL ? 1 : 0);
                    reader.read(new Name(tokens, words, (int) Math.min(Integer.MAX_VALUE, score)));
                }
            }
        }
    }

    private static void add(NameTrie trie, KnowledgeGraph graph, int entity) {
        forEachName(graph, entity, name -> {
            Shape shape = Shape.of(name.words(), 0, name.words().length());
            int letters = letters(name.tokens());
            boolean restricted =
                    (letters < SHORT_NAME && !name.tokens().isSpaceless(0)) || FunctionWords.areAll(name.tokens());
            if (letters > 1 && !(restricted && shape == Shape.PLAIN)) {
                trie.add(name.tokens(), entity, name.score(), new NameTrie.Spelling(shape, restricted));
            }
        });
    }

    private static int letters(Tokens tokens) {
        int letters = 0;
        for (int i = 0; i < tokens.to(tokens.size() - 1); i++) {
            // All but the first byte of a letter in UTF-8 are 10xxxxxx.
            letters += (tokens.bytes()[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return letters;
    }
}
