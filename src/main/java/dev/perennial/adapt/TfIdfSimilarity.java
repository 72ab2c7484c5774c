// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cosine of two instructions' counts of words, where a word that only one of them has weighs {@code ln(3/2) + 1} and
 * one that both have weighs 1; words that hardly mean anything in English are left out. This is TF-IDF with the two
 * instructions as the whole corpus, as the program of Large Continual Instruction Assistant (arXiv 2410.10868) has it.
 * Two instructions of nothing but such words are alike when they are equal. Immutable.
 */
public final class TfIdfSimilarity implements InstructionSimilarity {
    private static final Pattern WORD = Pattern.compile("\\b\\w\\w+\\b", Pattern.UNICODE_CHARACTER_CLASS);
    private static final double WEIGHT_OF_ONE_SIDED = Math.log(1.5) + 1;

    @Override
    public double of(List<String> task, List<String> group) {
        double sum = 0;
        for (String one : task) {
            for (String other : group) {
                sum += cosine(one, other);
            }
        }
        return sum / ((double) task.size() * group.size());
    }

    private static double cosine(String one, String other) {
        Map<String, Integer> left = counts(one);
        Map<String, Integer> right = counts(other);
        if (left.isEmpty() || right.isEmpty()) {
            return one.strip().equalsIgnoreCase(other.strip()) ? 1 : 0;
        }
        Set<String> words = new HashSet<>(left.keySet());
        words.addAll(right.keySet());
        double product = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (String word : words) {
            int ofLeft = left.getOrDefault(word, 0);
            int ofRight = right.getOrDefault(word, 0);
            double weight = ofLeft > 0 && ofRight > 0 ? 1 : WEIGHT_OF_ONE_SIDED * WEIGHT_OF_ONE_SIDED;
            product += weight * ofLeft * ofRight;
            leftSquares += weight * ofLeft * ofLeft;
            rightSquares += weight * ofRight * ofRight;
        }
        return product / Math.sqrt(leftSquares * rightSquares);
    }

    private static Map<String, Integer> counts(String instruction) {
        Map<String, Integer> counts = new HashMap<>();
        Matcher words = WORD.matcher(instruction.toLowerCase(Locale.ROOT));
        while (words.find()) {
            if (!StopWords.WORDS.contains(words.group())) {
                counts.merge(words.group(), 1, Integer::sum);
            }
        }
        return counts;
    }
}
