// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.Arrays;

/**
 * What a BERT normaliser and pre-tokeniser make of each code point, as one number a code point.
 *
 * <p>The normaliser drops control characters, sets Chinese characters apart, decomposes, drops non-spacing marks and
 * takes lower-case letters. Each step looks at single code points, so that one table holds them all; the exception is
 * that a decomposition sorts what is {@link #REORDERED}. The low bits of a number are its kind, the others how far away
 * the folded code point is, or which expansion replaces it. Immutable.
 */
final class CharacterFolding {
    /** Belongs to a word. It is 0, so that a number of 0 is a letter that stays as it is. */
    static final int LETTER = 0;

    /** A word of its own. */
    static final int ALONE = 1;

    static final int SPACE = 2;
    static final int DROPPED = 3;

    /** Several letters. */
    static final int EXPANDED = 4;

    /**
     * A letter whose place depends on its neighbours. As long as no piece of a vocabulary has it, a word that does is
     * unknown in whatever order.
     */
    static final int REORDERED = 5;

    static final int KIND_BITS = 3;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;

    private static final int BLOCK_BITS = 7;
    private static final int BLOCK = 1 << BLOCK_BITS;
    private static final int BLOCK_MASK = BLOCK - 1;

    private final char[] blocks;
    private final int[] numbers;
    private final String[] expansions;

    private CharacterFolding(char[] blocks, int[] numbers, String[] expansions) {
        this.blocks = blocks;
        this.numbers = numbers;
        this.expansions = expansions;
    }

    /**
     * The folding of a normaliser.
     *
     * @param stripAccents whether it decomposes letters and drops non-spacing marks
     * @param lowercase whether it takes lower-case letters
     */
    static CharacterFolding of(boolean stripAccents, boolean lowercase) {
        return stripAccents && lowercase ? Uncased.FOLDING : read(stripAccents, lowercase);
    }

    /** What nearly every uncased tokenizer asks for, made when the first one does. */
    private static final class Uncased {
        private static final CharacterFolding FOLDING = read(true, true);
    }

    private static CharacterFolding read(boolean stripAccents, boolean lowercase) {
        return compressed(new FoldingTable(CharacterRanges.read()).fill(stripAccents, lowercase));
    }

    /** Equal neighbouring blocks, which is most of them, are kept once. */
    private static CharacterFolding compressed(FoldingTable table) {
        int[] all = table.numbers();
        char[] blocks = new char[all.length >> BLOCK_BITS];
        int[] numbers = new int[all.length];
        int kept = 1;
        int previous = 0;
        for (int block = 0; block < blocks.length; block++) {
            int from = block << BLOCK_BITS;
            if (!same(all, from, numbers, previous << BLOCK_BITS)) {
                previous = same(all, from, numbers, 0) ? 0 : kept++;
                System.arraycopy(all, from, numbers, previous << BLOCK_BITS, BLOCK);
            }
            blocks[block] = (char) previous;
        }
        return new CharacterFolding(blocks, Arrays.copyOf(numbers, kept << BLOCK_BITS), table.expansions());
    }

    private static boolean same(int[] a, int fromA, int[] b, int fromB) {
        return Arrays.equals(a, fromA, fromA + BLOCK, b, fromB, fromB + BLOCK);
    }

    /** Kind and distance of a code point. */
    int of(int point) {
        return numbers[(blocks[point >> BLOCK_BITS] << BLOCK_BITS) | (point & BLOCK_MASK)];
    }

    static int kind(int number) {
        return number & KIND_MASK;
    }

    /** The letters that a number of kind {@link #EXPANDED} stands for. */
    String expansion(int number) {
        return expansions[number >> KIND_BITS];
    }
}
