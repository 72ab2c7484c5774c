// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words that some texts have in common and others do not: the share of them that has a word, times the logarithm of
 * how rare it is elsewhere (tf-idf). Immutable.
 */
final class TypicalWords {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{2,30}");

    private final Map<String, Integer> textsByWord;
    private final int texts;

    private TypicalWords(Map<String, Integer> textsByWord, int texts) {
        this.textsByWord = textsByWord;
        this.texts = texts;
    }

    /** @param background the texts that tell what is rare */
    static TypicalWords against(Collection<String> background) {
        return new TypicalWords(count(background), background.size());
    }

    /** The most typical words of some texts, most typical first. Of several texts, at least two have it. */
    List<String> of(Collection<String> some, int most) {
        int fewest = Math.min(2, some.size());
        Map<String, Integer> counts = count(some);
        Map<String, Double> scores = counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= fewest)
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> score(entry, some.size())));
        return scores.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
    }

    private double score(Map.Entry<String, Integer> count, int of) {
        double rarity = Math.log((1.0 + texts) / (1 + textsByWord.getOrDefault(count.getKey(), 0)));
        return rarity * count.getValue() / of;
    }

    private static Map<String, Integer> count(Collection<String> texts) {
        Map<String, Integer> counts = new HashMap<>();
        texts.forEach(text -> words(text).forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts;
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
