// SPDX-License-Identifier: Apache-2.0
package dev.perennial.document;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Tells which evaluation sets a text gives away. Immutable.
 *
 * <p>Texts are compared as rows of words (see {@link Words}), so that case, accents, punctuation and white space do not
 * hide one. A document gives away a text of eight words or more when it holds any eight of its words in a row, which
 * also finds a text that was changed in places; a text of four to seven words when it holds all of them in a row; a
 * shorter one, which many innocent documents hold, only when it has no other words.
 *
 * <p>Of the texts, 64-bit hashes of those rows are kept. Two different rows have the same hash with a probability of
 * 2^-64, which can only reject a document too many.
 */
public final class LeakGuard {
    private static final int WINDOW = 8;
    private static final int SHORTEST_INSIDE = 4;

    private final Map<EvaluationSetId, long[]> windowsBySet;

    /** @param windowsBySet hashes of each set's windows, ascending */
    public LeakGuard(Map<EvaluationSetId, long[]> windowsBySet) {
        this.windowsBySet = new TreeMap<>(windowsBySet);
    }

    /** The hashes that are kept of texts: ascending, each once. */
    public static long[] windows(Collection<String> texts) {
        return texts.stream()
                .flatMapToLong(text -> {
                    Words words = Words.of(text);
                    return words.count() < SHORTEST_INSIDE
                            ? whole(words)
                            : words.hashes(Math.min(WINDOW, words.count()));
                })
                .sorted()
                .distinct()
                .toArray();
    }

    /** The sets of which a document gives a text away, in the order of their ids. */
    public List<EvaluationSetId> leaksIn(Draft document) {
        if (windowsBySet.isEmpty()) {
            return List.of();
        }
        long[] hashes = windowsIn(document);
        List<EvaluationSetId> leaks = new ArrayList<>();
        windowsBySet.forEach((set, windows) -> {
            if (Arrays.stream(hashes).anyMatch(hash -> Arrays.binarySearch(windows, hash) >= 0)) {
                leaks.add(set);
            }
        });
        return leaks;
    }

    /** Windows of all lengths that texts are kept in. A title is read as if it were the first line. */
    private static long[] windowsIn(Draft document) {
        Words all = Words.of(document.title() + "\n" + document.text().value());
        LongStream hashes = whole(Words.of(document.text().value()));
        for (int length = SHORTEST_INSIDE; length <= Math.min(WINDOW, all.count()); length++) {
            hashes = LongStream.concat(hashes, all.hashes(length));
        }
        return hashes.toArray();
    }

    private static LongStream whole(Words words) {
        return words.count() == 0 || words.count() >= SHORTEST_INSIDE
                ? LongStream.empty()
                : words.hashes(words.count());
    }
}
