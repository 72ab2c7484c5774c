// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cosine of two instructions' counts of words, where a word that only one of them has weighs {@code ln(3/2) + 1} and
 * one that both have weighs 1; words that hardly mean anything in English are left out. This is TF-IDF with the two
 * instructions as the whole corpus, as the program of Large Continual Instruction Assistant (arXiv 2410.10868) has it.
 * Two instructions of nothing but such words are alike when they are equal. Remembers the words of every instruction
 * that it has compared; safe for concurrent use.
 */
public final class TfIdfSimilarity implements InstructionSimilarity {
    private static final Pattern WORD = Pattern.compile("\\b\\w\\w+\\b", Pattern.UNICODE_CHARACTER_CLASS);
    private static final double WEIGHT_OF_ONE_SIDED = Math.log(1.5) + 1;
    private static final double SQUARE_OF_ONE_SIDED = WEIGHT_OF_ONE_SIDED * WEIGHT_OF_ONE_SIDED;

    private final Map<String, Words> wordsByInstruction = new ConcurrentHashMap<>();

    @Override
    public double of(List<String> task, List<String> group) {
        double sum = 0;
        for (String one : task) {
            Words words = words(one);
            for (String other : group) {
                sum += words.cosine(words(other));
            }
        }
        return sum / ((double) task.size() * group.size());
    }

    private Words words(String instruction) {
        Words known = wordsByInstruction.get(instruction);
        return known == null ? wordsByInstruction.computeIfAbsent(instruction, Words::of) : known;
    }

    /** The words of an instruction, in order, and how often each stands in it. */
    private static final class Words {
        private final String instruction;
        private final String[] words;
        private final int[] counts;

        private Words(String instruction, Map<String, Integer> countByWord) {
            this.instruction = instruction;
            this.words = countByWord.keySet().toArray(String[]::new);
            this.counts =
                    countByWord.values().stream().mapToInt(Integer::intValue).toArray();
        }

        static Words of(String instruction) {
            Map<String, Integer> countByWord = new TreeMap<>();
            Matcher found = WORD.matcher(instruction.toLowerCase(Locale.ROOT));
            while (found.find()) {
                if (!StopWords.WORDS.contains(found.group())) {
                    countByWord.merge(found.group(), 1, Integer::sum);
                }
            }
            return new Words(instruction.strip(), countByWord);
        }

        double cosine(Words other) {
            if (words.length == 0 || other.words.length == 0) {
                return instruction.equalsIgnoreCase(other.instruction) ? 1 : 0;
            }
            double product = 0;
            double squares = 0;
            double othersSquares = 0;
            int i = 0;
            int j = 0;
            while (i < words.length || j < other.words.length) {
                int order = order(other, i, j);
                double count = order <= 0 ? counts[i++] : 0;
                double others = order >= 0 ? other.counts[j++] : 0;
                double weight = order == 0 ? 1 : SQUARE_OF_ONE_SIDED;
                product += count * others;
                squares += weight * count * count;
                othersSquares += weight * others * others;
            }
            return product / Math.sqrt(squares * othersSquares);
        }

        private int order(Words other, int i, int j) {
            if (i == words.length) {
                return 1;
            }
            return j == other.words.length ? -1 : words[i].compareTo(other.words[j]);
        }
    }
}
