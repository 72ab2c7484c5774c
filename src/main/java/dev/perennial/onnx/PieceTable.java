// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.Arrays;

/**
 * Pieces of words with their ids, in which the longest one that a word begins with is found without making a string.
 *
 * <p>An open-addressing hash table over one array of characters. The hash of a word's beginning can be taken back
 * letter by letter, because its multiplier has an inverse modulo 2^32. Immutable.
 */
final class PieceTable {
    /** Larger vocabularies leave no room for the bits of the hash that a slot keeps beside the number of its piece. */
    static final int MAX_PIECES = (1 << 20) - 1;

    private static final int MULTIPLIER = 0x9E3779B1;
    private static final int INVERSE = inverse(MULTIPLIER);
    private static final int PIECE_BITS = 20;
    private static final int SLOTS_PER_PIECE = 3;

    private final char[] letters;
    private final int[] starts;
    private final int[] ids;
    private final int[] slots;
    private final int longest;

    private PieceTable(Builder pieces) {
        this.letters = Arrays.copyOf(pieces.letters, pieces.starts[pieces.size]);
        this.starts = Arrays.copyOf(pieces.starts, pieces.size + 1);
        this.ids = Arrays.copyOf(pieces.ids, pieces.size);
        this.slots = new int[slotsFor(pieces.size)];
        this.longest = fill();
    }

    private static int slotsFor(int pieces) {
        return Math.max(2, Integer.highestOneBit(SLOTS_PER_PIECE * pieces) << 1);
    }

    private int fill() {
        int longestSoFar = 0;
        for (int piece = 0; piece < ids.length; piece++) {
            int hash = 0;
            for (int i = starts[piece]; i < starts[piece + 1]; i++) {
                hash = hash * MULTIPLIER + letters[i];
            }
            int mixed = mixed(hash);
            int slot = mixed & (slots.length - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = ((mixed >>> PIECE_BITS) << PIECE_BITS) | (piece + 1);
            longestSoFar = Math.max(longestSoFar, length(piece));
        }
        return longestSoFar;
    }

    /** Number of the longest piece that stands at {@code start} of a word of {@code end} letters, or -1. */
    int longestAt(char[] word, int start, int end) {
        int stop = Math.min(end, start + longest);
        int hash = 0;
        for (int i = start; i < stop; i++) {
            hash = hash * MULTIPLIER + word[i];
        }
        for (int i = stop; i > start; i--) {
            int piece = find(hash, word, start, i);
            if (piece >= 0) {
                return piece;
            }
            hash = (hash - word[i - 1]) * INVERSE;
        }
        return -1;
    }

    int id(int piece) {
        return ids[piece];
    }

    int length(int piece) {
        return starts[piece + 1] - starts[piece];
    }

    private int find(int hash, char[] word, int start, int end) {
        int mixed = mixed(hash);
        int slot = mixed & (slots.length - 1);
        while (slots[slot] != 0) {
            if ((slots[slot] ^ mixed) >>> PIECE_BITS == 0) {
                int piece = (slots[slot] & MAX_PIECES) - 1;
                if (Arrays.equals(letters, starts[piece], starts[piece + 1], word, start, end)) {
                    return piece;
                }
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return -1;
    }

    private static int mixed(int hash) {
        int mixed = (hash ^ (hash >>> 15)) * 0x85EBCA6B;
        return mixed ^ (mixed >>> 13);
    }

    /** Each round of Newton's method doubles the number of right bits; an odd number is its own inverse modulo 8. */
    private static int inverse(int odd) {
        int inverse = odd;
        for (int bits = 3; bits < Integer.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }

    /** Collects pieces. Not thread-safe. */
    static final class Builder {
        private char[] letters = new char[1 << 12];
        private int[] starts = new int[1 << 10];
        private int[] ids = new int[1 << 10];
        private int size;

        /** Adds the piece that a token holds from a position on. */
        void add(String token, int from, int id) {
            int start = starts[size];
            int end = start + token.length() - from;
            if (end > letters.length) {
                letters = Arrays.copyOf(letters, Math.max(end, 2 * letters.length));
            }
            if (size + 1 == starts.length) {
                starts = Arrays.copyOf(starts, 2 * size + 2);
                ids = Arrays.copyOf(ids, 2 * size + 2);
            }
            token.getChars(from, token.length(), letters, start);
            ids[size++] = id;
            starts[size] = end;
        }

        int size() {
            return size;
        }

        PieceTable build() {
            return new PieceTable(this);
        }
    }
}
