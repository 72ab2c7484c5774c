// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a text that is short enough to be read at once.
 *
 * @param start where it begins, in UTF-16 code units
 * @param end where it ends
 */
public record Extract(int start, int end) {
    /** About 200 words, which an encoder with a window of 256 tokens reads whole. */
    static final int LONGEST = 1_000;
    /** What is said across the end of one extract is whole in the next one, when it is no longer than this. */
    static final int OVERLAP = 200;

    /** The extracts of a text, in order; each begins and ends between words where there are any. */
    public static List<Extract> of(String text) {
        List<Extract> extracts = new ArrayList<>();
        int start = 0;
        while (text.length() - start > LONGEST) {
            int end = boundary(text, start + LONGEST - OVERLAP, start + LONGEST);
            extracts.add(new Extract(start, end));
            start = boundary(text, end - OVERLAP, end - OVERLAP / 2);
        }
        extracts.add(new Extract(start, text.length()));
        return extracts;
    }

    /** The words of the part. */
    public String of(Document document) {
        return document.draft().text().value().substring(start, end);
    }

    /** The last position up to {@code latest} behind white space, or {@code latest} when there is none. */
    private static int boundary(String text, int earliest, int latest) {
        for (int i = latest; i > earliest; i--) {
            if (Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(latest)) ? latest - 1 : latest;
    }
}
