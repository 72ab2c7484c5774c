// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.util.ArrayList;
import java.util.Arrays;
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
 * its label and not an alias. Of each name the {@value Candidates#MOST} best entities are kept; what the others take
 * from the prior is kept too.
 */
public final class AliasIndex {
    /** A name may have so many words. */
    static final int MOST_WORDS = 32;

    private static final int WORDS_OF_A_DESCRIPTION = 512;
    private static final int SHORT_NAME = 3;

    /** So many texts more are supposed to have been read than there are: a few descriptions say little. */
    private static final double SUPPOSED_TEXTS = 1000;

    private final KnowledgeGraph graph;
    private final NameTrie base;
    private final NameTrie overlay;

    /** By word of the base. */
    private final float[] rarities;

    private AliasIndex(KnowledgeGraph graph, NameTrie base, NameTrie overlay, float[] rarities) {
        this.graph = graph;
        this.base = base;
        this.overlay = overlay;
        this.rarities = rarities;
    }

    /** The index of all names of a graph. */
    public static AliasIndex of(KnowledgeGraph graph) {
        NameTrie trie = new NameTrie();
        graph.forEachNumber(entity -> add(trie, graph, entity));
        trie.prune(Candidates.MOST, graph::idOf);
        return new AliasIndex(graph, trie, new NameTrie(), rarities(trie, graph));
    }

    /** The index of a graph that differs in one entity from the one that this is the index of. */
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
        return new AliasIndex(changed, base, next, rarities);
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
        return base.memory() + overlay.memory() + (long) Float.BYTES * rarities.length;
    }

    NameTrie base() {
        return base;
    }

    NameTrie overlay() {
        return overlay;
    }

    /**
     * How much a word of the base says, from its share {@code df} of the {@code n} descriptions in the graph:
     * {@code log((n + 1000) / (df + 1)) / log(n + 1000)}; 1 when no description has it.
     */
    double rarity(int word) {
        return word < 0 ? 1 : rarities[word];
    }

    /** How an entry of a name scores in a text; 0 when it does not count there. */
    @FunctionalInterface
    interface Judge {
        double factor(Shape shape, boolean restricted);
    }

    /** Collects the entities at the ends of two paths, either of which may be {@link NameTrie#NONE}. */
    void collect(int node, int overlayNode, Judge judge, Candidates into) {
        into.clear();
        int seen = 0;
        for (int entry = base.first(node); entry != NameTrie.NONE; entry = base.next(entry)) {
            if (!graph.isChanged(base.entity(entry))) {
                collect(base, entry, judge, into);
            }
        }
        for (int entry = overlay.first(overlayNode);
                entry != NameTrie.NONE && seen < Candidates.MOST;
                entry = overlay.next(entry)) {
            collect(overlay, entry, judge, into);
            seen++;
        }
        if (into.size() > 0 && node != NameTrie.NONE) {
            into.lose(base.lost(node));
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

    private static float[] rarities(NameTrie trie, KnowledgeGraph graph) {
        int[] counts = new int[trie.words().size()];
        int[] last = new int[counts.length];
        Arrays.fill(last, -1);
        int[] texts = new int[1];
        graph.forEachNumber(entity -> texts[0] += count(trie, graph, entity, new Count(counts, last)) ? 1 : 0);
        double n = texts[0] + SUPPOSED_TEXTS;
        float[] rarities = new float[counts.length];
        for (int word = 0; word < counts.length; word++) {
            rarities[word] = (float) (Math.log(n / (counts[word] + 1)) / Math.log(n));
        }
        return rarities;
    }

    /** Number of entities by word of their descriptions, and the last entity that was counted. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Count(int[] counts, int[] last) {}

    private static boolean count(NameTrie trie, KnowledgeGraph graph, int entity, Count count) {
        boolean described = false;
        EntityRecord record = graph.record(entity);
        while (record.nextWords()) {
            if (record.aspect() == Aspect.DESCRIPTION) {
                described = true;
                Tokens tokens = Tokens.of(record.words(), WORDS_OF_A_DESCRIPTION);
                for (int i = 0; i < tokens.size(); i++) {
                    int word = trie.words().find(tokens.bytes(), tokens.from(i), tokens.to(i));
                    if (word >= 0 && count.last[word] != entity) {
                        count.last[word] = entity;
                        count.counts[word]++;
                    }
                }
            }
        }
        return described;
    }
}
