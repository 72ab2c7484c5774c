// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import dev.perennial.knowledge.Statement.Aspect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * In how many descriptions of a graph's entities each word is, and how rare that makes it: with its share {@code df} of
 * the {@code n} descriptions, {@code log((n + 1000) / (df + 1)) / log(n + 1000)}; 1 when no description has it.
 * Immutable; safe for concurrent use.
 */
final class WordCounts {
    private static final int WORDS_OF_A_DESCRIPTION = 512;

    /** So many texts more are supposed to have been read than there are: a few descriptions say little. */
    private static final double SUPPOSED_TEXTS = 1000;

    /** With its place in the table and its count, of usual length. */
    private static final int BYTES_OF_A_LATER_WORD = 128;

    /** Words of names, then those that descriptions alone have, then those that came later. */
    private final PackedStrings named;

    private final PackedStrings others;
    private final Map<String, Integer> later;
    private final int[] counts;
    private final int texts;
    private final double logOfTexts;

    private WordCounts(PackedStrings named, PackedStrings others, Map<String, Integer> later, int[] counts, int texts) {
        this.named = named;
        this.others = others;
        this.later = later;
        this.counts = counts;
        this.texts = texts;
        this.logOfTexts = Math.log(texts + SUPPOSED_TEXTS);
    }

    /**
     * Counts all descriptions of a graph.
     *
     * @param named words of the names in it, to which none are added any more
     */
    static WordCounts of(PackedStrings named, KnowledgeGraph graph) {
        PackedStrings others = new PackedStrings();
        Counting counting = new Counting(named.size());
        graph.forEachNumber(entity -> {
            EntityRecord record = graph.record(entity);
            boolean described = false;
            while (record.nextWords()) {
                if (record.aspect() == Aspect.DESCRIPTION) {
                    described = true;
                    Tokens tokens = Tokens.of(record.words(), WORDS_OF_A_DESCRIPTION);
                    for (int i = 0; i < tokens.size(); i++) {
                        int word = named.find(tokens.bytes(), tokens.from(i), tokens.to(i));
                        counting.add(
                                word >= 0
                                        ? word
                                        : named.size() + others.add(tokens.bytes(), tokens.from(i), tokens.to(i)),
                                entity);
                    }
                }
            }
            counting.texts += described ? 1 : 0;
        });
        int words = named.size() + others.size();
        return new WordCounts(named, others.trimmed(), Map.of(), Arrays.copyOf(counting.counts, words), counting.texts);
    }

    /** Number of entities by word, and the last one that was counted. */
    private static final class Counting {
        private int[] counts;
        private int[] last;
        private int texts;

        Counting(int words) {
            this.counts = new int[words];
            this.last = new int[words];
            Arrays.fill(last, -1);
        }

        void add(int word, int entity) {
            int before = counts.length;
            if (word >= before) {
                int capacity = ByteSink.grown(before, word + 1 - before);
                counts = Arrays.copyOf(counts, capacity);
                last = Arrays.copyOf(last, capacity);
                Arrays.fill(last, before, capacity, -1);
            }
            if (last[word] != entity) {
                last[word] = entity;
                counts[word]++;
            }
        }
    }

    /** The counts after an entity, which is the only one that differs, is described in other words. */
    WordCounts with(KnowledgeGraph before, KnowledgeGraph after, int entity) {
        Set<String> earlier = words(before, entity);
        Set<String> now = words(after, entity);
        int difference = (isDescribed(after, entity) ? 1 : 0) - (isDescribed(before, entity) ? 1 : 0);
        if (earlier.equals(now) && difference == 0) {
            return this;
        }
        int[] nextCounts = counts.clone();
        Map<String, Integer> nextLater = new HashMap<>(later);
        earlier.forEach(word -> add(word, -1, nextCounts, nextLater));
        now.forEach(word -> add(word, 1, nextCounts, nextLater));
        return new WordCounts(named, others, nextLater, nextCounts, texts + difference);
    }

    private void add(String word, int count, int[] toCounts, Map<String, Integer> toLater) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int number = find(utf8, 0, utf8.length);
        if (number >= 0) {
            toCounts[number] += count;
        } else {
            int sum = toLater.getOrDefault(word, 0) + count;
            if (sum > 0) {
                toLater.put(word, sum);
            } else {
                toLater.remove(word);
            }
        }
    }

    private static boolean isDescribed(KnowledgeGraph graph, int entity) {
        return entity >= 0
                && entity < graph.numbers()
                && !graph.descriptions(graph.idOf(entity)).isEmpty();
    }

    private static Set<String> words(KnowledgeGraph graph, int entity) {
        Set<String> words = new HashSet<>();
        if (entity >= 0 && entity < graph.numbers()) {
            for (Statement description : graph.descriptions(graph.idOf(entity))) {
                Tokens tokens = Tokens.of(description.value(), WORDS_OF_A_DESCRIPTION);
                for (int i = 0; i < tokens.size(); i++) {
                    int length = tokens.to(i) - tokens.from(i);
                    words.add(new String(tokens.bytes(), tokens.from(i), length, StandardCharsets.UTF_8));
                }
            }
        }
        return words;
    }

    private int find(byte[] bytes, int from, int to) {
        int word = named.find(bytes, from, to);
        if (word >= 0) {
            return word;
        }
        int other = others.find(bytes, from, to);
        return other < 0 ? -1 : named.size() + other;
    }

    /** How rare a word of the names is. */
    double rarity(int word) {
        return rarityOf(counts[word]);
    }

    /** How rare a word is. */
    double rarity(byte[] bytes, int from, int to) {
        int word = find(bytes, from, to);
        return rarityOf(
                word >= 0
                        ? counts[word]
                        : later.getOrDefault(new String(bytes, from, to - from, StandardCharsets.UTF_8), 0));
    }

    private double rarityOf(int count) {
        return (float) (Math.log((texts + SUPPOSED_TEXTS) / (count + 1)) / logOfTexts);
    }

    long memory() {
        return others.memory() + (long) Integer.BYTES * counts.length + laterMemory();
    }

    /** Bytes that the words take that came later, about. */
    long laterMemory() {
        return (long) BYTES_OF_A_LATER_WORD * later.size();
    }
}
