// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.TaskId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Examples dealt out into folds, of which each is held out once: every label's examples evenly, and equal inputs into
 * the same fold. A function of the set of examples and the seed.
 */
final class Folds {
    static final int COUNT = 4;

    private final Map<String, Integer> foldByInput;

    private Folds(Map<String, Integer> foldByInput) {
        this.foldByInput = foldByInput;
    }

    /**
     * An example of a task.
     *
     * @param label its label, or the band in which its score lies
     * @param score in [0, 1]; empty for a label
     * @param input key of its input, in hex
     */
    record Labelled(TaskId task, String label, OptionalDouble score, String input, Example example) {
        private static final int BANDS = 5;

        /** @param range where scores lie */
        static Labelled of(TaskId task, Optional<ScoreRange> range, Example example) {
            Answer answer = example.teaching().answer();
            OptionalDouble score = answer instanceof Answer.Score scored
                    ? OptionalDouble.of((scored.score() - range.orElseThrow().min())
                            / range.orElseThrow().width())
                    : OptionalDouble.empty();
            String label = score.isPresent()
                    ? "" + Math.min(BANDS - 1, (int) (BANDS * score.getAsDouble()))
                    : ((Answer.OneLabel) answer).label();
            return new Labelled(
                    task,
                    label,
                    score,
                    ContentKey.of(example.teaching().input()).hex(),
                    example);
        }

        private String stratum() {
            return task.value() + "\n" + label;
        }
    }

    static Folds of(List<Labelled> examples, long seed) {
        Map<String, List<String>> inputsByStratum = new TreeMap<>();
        examples.forEach(example -> inputsByStratum
                .computeIfAbsent(example.stratum(), any -> new ArrayList<>())
                .add(example.input()));
        Map<String, Integer> foldByInput = new HashMap<>();
        int dealt = 0;
        for (List<String> inputs : inputsByStratum.values()) {
            List<String> shuffled = inputs.stream()
                    .distinct()
                    .sorted(Comparator.comparing(input -> rank(input, seed)))
                    .toList();
            for (String input : shuffled) {
                if (foldByInput.putIfAbsent(input, dealt % COUNT) == null) {
                    dealt++;
                }
            }
        }
        return new Folds(foldByInput);
    }

    /** A random order that no other input changes. */
    private static String rank(String input, long seed) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest((seed + " " + input).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** The examples outside a fold. */
    List<Labelled> outside(int fold, List<Labelled> examples) {
        return examples.stream().filter(example -> fold(example) != fold).toList();
    }

    private int fold(Labelled example) {
        Integer fold = foldByInput.get(example.input());
        if (fold == null) {
            throw new IllegalArgumentException("an example that was not dealt out");
        }
        return fold;
    }
}
