// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import java.util.Arrays;

/**
 * The names in one text, from left to right, of those that overlap the first and of those the longest. The last word of
 * a name may be an English form of it ("guinea pigs"), when the very form is no name. Owned by one thread.
 */
final class MentionFinder {
    private static final int NOT_LOOKED_UP = -2;

    private final AliasIndex index;
    private final Tokens tokens;
    private final Surface surface;
    private final int[] words;
    private final int[] overlayWords;
    private final byte[] scratch;

    private Candidates candidates = new Candidates();
    private Candidates spare = new Candidates();
    private int first;
    private int last;
    private double rarity;
    private double rarityOfForm;
    private int next;

    MentionFinder(AliasIndex index, String text, Tokens tokens) {
        this.index = index;
        this.tokens = tokens;
        this.surface = new Surface(text);
        this.words = new int[tokens.size()];
        this.overlayWords = new int[tokens.size()];
        Arrays.fill(words, NOT_LOOKED_UP);
        this.scratch = new byte[longest() + 2];
    }

    /** Moves to the next mention; false when there is none. */
    boolean next() {
        while (next < tokens.size()) {
            int begin = next++;
            if (tokens.begins(begin) && find(begin)) {
                first = begin;
                next = last + 1;
                return true;
            }
        }
        return false;
    }

    /** What the mention may mean, valid until the next one. */
    Candidates candidates() {
        return candidates;
    }

    int start() {
        return tokens.start(first);
    }

    int end() {
        return tokens.end(last);
    }

    /** How much the rarest word of the mention says, in [0, 1]. */
    double rarity() {
        return rarity;
    }

    private boolean find(int begin) {
        int node = NameTrie.ROOT;
        int overlayNode = index.overlay().isEmpty() ? NameTrie.NONE : NameTrie.ROOT;
        int most = Math.min(tokens.size(), begin + AliasIndex.MOST_WORDS);
        boolean found = false;
        double rarest = 0;
        for (int i = begin; i < most && (i == begin || tokens.isJoined(i)); i++) {
            lookUp(i);
            int child = index.base().child(node, words[i]);
            int overlayChild = index.overlay().child(overlayNode, overlayWords[i]);
            double rarityOfWord = rarity(i);
            if (isName(child, overlayChild, begin, i)) {
                accept(i, Math.max(rarest, rarityOfWord));
                found = true;
            } else if (isForm(node, overlayNode, begin, i)) {
                accept(i, Math.max(rarest, rarityOfForm));
                found = true;
            }
            if (child == NameTrie.NONE && overlayChild == NameTrie.NONE) {
                return found;
            }
            rarest = Math.max(rarest, rarityOfWord);
            node = child;
            overlayNode = overlayChild;
        }
        return found;
    }

    private double rarity(int token) {
        return words[token] < 0 && overlayWords[token] >= 0
                ? index.rarity(tokens.bytes(), tokens.from(token), tokens.to(token))
                : index.rarity(words[token]);
    }

    private void accept(int end, double rarestWord) {
        last = end;
        rarity = rarestWord;
        Candidates accepted = spare;
        spare = candidates;
        candidates = accepted;
    }

    /** Whether a path leads to entities that the mention may mean, which are in the spare candidates then. */
    private boolean isName(int node, int overlayNode, int begin, int end) {
        AliasIndex.Judge judge =
                (shape, restricted) -> restricted && !surface.permits(shape) ? 0 : surface.factor(shape);
        return leads(node, overlayNode) && isMeant(begin, end, () -> index.collect(node, overlayNode, judge, spare));
    }

    private boolean isForm(int node, int overlayNode, int begin, int end) {
        return EnglishForms.find(tokens, end, scratch, length -> {
            int word = index.base().words().find(scratch, 0, length);
            int overlayWord = overlayNode == NameTrie.NONE
                    ? NameTrie.NONE
                    : index.overlay().words().find(scratch, 0, length);
            rarityOfForm = word < 0 && overlayWord >= 0 ? index.rarity(scratch, 0, length) : index.rarity(word);
            int child = index.base().child(node, word);
            int overlayChild = index.overlay().child(overlayNode, overlayWord);
            AliasIndex.Judge judge = (shape, restricted) -> restricted ? 0 : surface.factor(shape);
            return leads(child, overlayChild)
                    && isMeant(begin, end, () -> index.collect(child, overlayChild, judge, spare));
        });
    }

    private boolean leads(int node, int overlayNode) {
        return index.base().first(node) != NameTrie.NONE || index.overlay().first(overlayNode) != NameTrie.NONE;
    }

    private boolean isMeant(int begin, int end, Runnable collect) {
        surface.look(tokens.start(begin), tokens.end(end));
        collect.run();
        return spare.size() > 0;
    }

    private void lookUp(int token) {
        if (words[token] == NOT_LOOKED_UP) {
            byte[] bytes = tokens.bytes();
            words[token] = index.base().words().find(bytes, tokens.from(token), tokens.to(token));
            overlayWords[token] = index.overlay().isEmpty()
                    ? NameTrie.NONE
                    : index.overlay().words().find(bytes, tokens.from(token), tokens.to(token));
        }
    }

    private int longest() {
        int longest = 0;
        for (int i = 0; i < tokens.size(); i++) {
            longest = Math.max(longest, tokens.to(i) - tokens.from(i));
        }
        return longest;
    }
}
