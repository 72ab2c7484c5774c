// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.onnx.CharacterRanges.Range;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The numbers of {@link CharacterFolding} while they are made, one for every code point. Not thread-safe. */
final class FoldingTable {
    /** Ends one decomposition and begins the next: nothing is sorted across it. */
    private static final char SEPARATOR = '\n';

    private static final int CAPITAL_I_WITH_DOT = 0x130;

    /** The blocks of ideographs that are set apart, without those that Unicode has added since. */
    private static final int[][] CHINESE = {
        {0x4E00, 0x9FFF},
        {0x3400, 0x4DBF},
        {0x20000, 0x2A6DF},
        {0x2A700, 0x2B73F},
        {0x2B740, 0x2B81F},
        {0x2B920, 0x2CEAF},
        {0xF900, 0xFAFF},
        {0x2F800, 0x2FA1F}
    };

    private final CharacterRanges ranges;
    private final int[] numbers = new int[Character.MAX_CODE_POINT + 1];
    private final List<String> expansions = new ArrayList<>();

    FoldingTable(CharacterRanges ranges) {
        this.ranges = ranges;
    }

    /** Runs the steps of the normaliser, those that come first in a text last, so that they win. */
    FoldingTable fill(boolean stripAccents, boolean lowercase) {
        if (lowercase) {
            lower();
        }
        fill("punctuation", CharacterFolding.ALONE);
        if (stripAccents) {
            fill("mark", CharacterFolding.DROPPED);
            decompose();
            fill("reordered", CharacterFolding.REORDERED);
        }
        for (int[] block : CHINESE) {
            for (int point = block[0]; point <= block[1]; point++) {
                numbers[point] |= CharacterFolding.ALONE;
            }
        }
        fill("space", CharacterFolding.SPACE);
        fill("dropped", CharacterFolding.DROPPED);
        return this;
    }

    int[] numbers() {
        return numbers;
    }

    String[] expansions() {
        return expansions.toArray(String[]::new);
    }

    private void fill(String heading, int number) {
        for (Range range : ranges.named(heading)) {
            Arrays.fill(numbers, range.first(), range.last() + 1, number);
        }
    }

    private void lower() {
        for (Range range : ranges.named("lower")) {
            range.forEach(point -> numbers[point] = range.shift() << CharacterFolding.KIND_BITS);
        }
        numbers[CAPITAL_I_WITH_DOT] = expanded("i\u0307");
    }

    private void decompose() {
        StringBuilder all = new StringBuilder();
        List<Range> decomposed = ranges.named("decomposed");
        for (Range range : decomposed) {
            range.forEach(point -> all.appendCodePoint(point).append(SEPARATOR));
        }
        String split = Normalizer.normalize(all, Normalizer.Form.NFD);
        int[] at = {0};
        for (Range range : decomposed) {
            range.forEach(point -> {
                int end = split.indexOf(SEPARATOR, at[0]);
                numbers[point] = folded(point, split.substring(at[0], end));
                at[0] = end + 1;
            });
        }
    }

    /** What becomes of a code point whose decomposition has entries in the table already. */
    private int folded(int point, String decomposition) {
        StringBuilder kept = new StringBuilder();
        int kind = CharacterFolding.LETTER;
        for (int part : decomposition.codePoints().toArray()) {
            int number = numbers[part];
            if (number != CharacterFolding.DROPPED) {
                kept.appendCodePoint(part + (number >> CharacterFolding.KIND_BITS));
                kind |= CharacterFolding.kind(number);
            }
        }
        if (kept.isEmpty()) {
            return CharacterFolding.DROPPED;
        }
        int first = kept.codePointAt(0);
        return Character.charCount(first) == kept.length()
                ? ((first - point) << CharacterFolding.KIND_BITS) | kind
                : expanded(kept.toString());
    }

    private int expanded(String letters) {
        expansions.add(letters);
        return ((expansions.size() - 1) << CharacterFolding.KIND_BITS) | CharacterFolding.EXPANDED;
    }
}
