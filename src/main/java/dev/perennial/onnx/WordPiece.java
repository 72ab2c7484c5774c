// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.Arrays;

/**
 * The words of a text cut into the longest pieces that a vocabulary has, as the tokenizers of BERT do it (Devlin and
 * others, 2018), with the very ids that Hugging Face's native tokenizer gives. Immutable and thread-safe.
 */
final class WordPiece {
    private final CharacterFolding folding;
    private final PieceTable beginnings;
    private final PieceTable continuations;
    private final Limits limits;

    /**
     * What a word is when it is too long or cannot be cut.
     *
     * @param unknown id of such a word
     * @param wordPoints code points of the longest word that is cut
     */
    record Limits(int unknown, int wordPoints) {}

    WordPiece(CharacterFolding folding, PieceTable beginnings, PieceTable continuations, Limits limits) {
        this.folding = folding;
        this.beginnings = beginnings;
        this.continuations = continuations;
        this.limits = limits;
    }

    /** The ids of a text, no more than {@code most} of them: reading ends when there are as many. */
    int[] ids(String text, int most) {
        Reading reading = new Reading(text.length(), most);
        reading.read(isWellFormed(text) ? text : withoutSurrogates(text));
        return reading.ids();
    }

    private static boolean isWellFormed(String text) {
        int at = 0;
        while (at < text.length()) {
            char letter = text.charAt(at);
            boolean pair = Character.isHighSurrogate(letter)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1));
            if (Character.isSurrogate(letter) && !pair) {
                return false;
            }
            at += pair ? 2 : 1;
        }
        return true;
    }

    /**
     * A text with half a surrogate pair cannot be handed to native code as it is, and loses its whole pairs as well:
     * each becomes several U+FFFD, which the normaliser drops.
     */
    private static String withoutSurrogates(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                kept.append(text.charAt(i));
            }
        }
        return kept.toString();
    }

    /** One pass over a text. */
    private final class Reading {
        private final int most;
        private final char[] word = new char[2 * limits.wordPoints()];
        private int letters;
        private int points;
        private int[] ids;
        private int size;

        private Reading(int chars, int most) {
            this.most = most;
            this.ids = new int[Math.min(most, chars / 2) + 1];
        }

        private int[] ids() {
            return Arrays.copyOf(ids, Math.min(size, most));
        }

        private void read(String text) {
            int at = 0;
            while (at < text.length() && size < most) {
                int point = text.codePointAt(at);
                accept(point);
                at += Character.charCount(point);
            }
            endWord();
        }

        private void accept(int point) {
            int number = folding.of(point);
            switch (CharacterFolding.kind(number)) {
                case CharacterFolding.LETTER, CharacterFolding.REORDERED ->
                    append(point + (number >> CharacterFolding.KIND_BITS));
                case CharacterFolding.ALONE -> {
                    endWord();
                    append(point + (number >> CharacterFolding.KIND_BITS));
                    endWord();
                }
                case CharacterFolding.SPACE -> endWord();
                case CharacterFolding.EXPANDED ->
                    folding.expansion(number).codePoints().forEach(this::append);
                default -> {}
            }
        }

        private void append(int point) {
            points++;
            if (points <= limits.wordPoints()) {
                letters += Character.toChars(point, word, letters);
            }
        }

        private void endWord() {
            if (points > 0) {
                int before = size;
                if (points > limits.wordPoints() || !cut()) {
                    size = before;
                    add(limits.unknown());
                }
                letters = 0;
                points = 0;
            }
        }

        private boolean cut() {
            PieceTable pieces = beginnings;
            int start = 0;
            while (start < letters) {
                int piece = pieces.longestAt(word, start, letters);
                if (piece < 0) {
                    return false;
                }
                add(pieces.id(piece));
                start += pieces.length(piece);
                pieces = continuations;
            }
            return true;
        }

        private void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
            }
            ids[size++] = id;
        }
    }
}
