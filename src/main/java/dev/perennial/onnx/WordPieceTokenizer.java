// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.encode.Passage;
import java.util.Arrays;

/**
 * Puts the ids of one or two texts between the marks of BERT, in plain Java.
 *
 * <p>A mark that a client writes, such as {@code [SEP]}, cannot become one: its brackets are words of their own.
 */
final class WordPieceTokenizer implements PassageTokenizer {
    private static final int ALL = Integer.MAX_VALUE;
    private static final int MARKS = 2;
    private static final int MARKS_OF_A_PAIR = 3;

    private final WordPiece wordPiece;
    private final Ends ends;
    private final TextWindow window;

    /**
     * The marks around texts.
     *
     * @param first id of what comes first
     * @param last id of what ends each text
     */
    record Ends(int first, int last) {}

    WordPieceTokenizer(WordPiece wordPiece, Ends ends, TextWindow window) {
        this.wordPiece = wordPiece;
        this.ends = ends;
        this.window = window;
    }

    @Override
    public TokenizedPassage tokenize(Passage passage) {
        boolean cut = window.cuts(passage);
        String first = window.first(passage);
        return window.second(passage)
                .map(second -> pair(wordPiece.ids(first, ALL), wordPiece.ids(second, ALL), cut))
                .orElseGet(() -> single(first, cut));
    }

    /** Nothing native is held. */
    @Override
    public void close() {}

    private TokenizedPassage single(String text, boolean cut) {
        int room = window.tokens() - MARKS;
        int[] ids = wordPiece.ids(text, room + 1);
        int length = Math.min(ids.length, room);
        long[] all = new long[length + MARKS];
        end(put(all, ids, length, start(all)), all);
        return new TokenizedPassage(all, new long[all.length], cut || ids.length > room);
    }

    private TokenizedPassage pair(int[] first, int[] second, boolean cut) {
        int room = window.tokens() - MARKS_OF_A_PAIR;
        int shortest = Math.min(first.length, second.length);
        boolean fits = first.length + second.length <= room;
        // The longer text gives way until both are as long; an odd token that is left over is the longer one's.
        int shorter = fits ? shortest : Math.min(shortest, room / 2);
        int longer = fits ? Math.max(first.length, second.length) : room - shorter;
        int firstLength = first.length > second.length ? longer : shorter;
        int secondLength = first.length > second.length ? shorter : longer;
        long[] all = new long[firstLength + secondLength + MARKS_OF_A_PAIR];
        int middle = end(put(all, first, firstLength, start(all)), all);
        end(put(all, second, secondLength, middle), all);
        long[] types = new long[all.length];
        Arrays.fill(types, middle, types.length, 1);
        return new TokenizedPassage(all, types, cut || !fits);
    }

    private int start(long[] all) {
        all[0] = ends.first();
        return 1;
    }

    private int end(int at, long[] all) {
        all[at] = ends.last();
        return at + 1;
    }

    private static int put(long[] all, int[] ids, int length, int at) {
        for (int i = 0; i < length; i++) {
            all[at + i] = ids[i];
        }
        return at + length;
    }
}
