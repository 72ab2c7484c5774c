// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import dev.perennial.evaluate.Significance;
import dev.perennial.learn.AdaptationTrial;
import dev.perennial.learn.TriedExample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What an adaptation changes for parts of a task's held-out examples: by label, and by length. */
final class Slices {
    /** Most labels that are told apart, those with the most examples. */
    static final int MOST_LABELS = 20;

    private static final int LENGTHS = 3;

    private final AdaptationTrial trial;

    private Slices(AdaptationTrial trial) {
        this.trial = trial;
    }

    /** JSON objects. */
    static List<String> of(AdaptationTrial trial) {
        Slices slices = new Slices(trial);
        List<String> all = new ArrayList<>(slices.byLabel());
        all.addAll(slices.byLength());
        return all;
    }

    private TriedExample example(int index) {
        return trial.before().get(index);
    }

    private List<String> byLabel() {
        Map<String, List<Integer>> byLabel = indices().stream()
                .filter(i -> !example(i).label().isEmpty())
                .collect(Collectors.groupingBy(i -> example(i).label()));
        return byLabel.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, List<Integer>> entry) ->
                                -entry.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .limit(MOST_LABELS)
                .map(entry -> json(new JsonText().put("label", entry.getKey()), entry.getValue()))
                .toList();
    }

    /** Thirds, the shortest first; those of equal length may fall on both sides of a border. */
    private List<String> byLength() {
        List<Integer> sorted = indices().stream()
                .sorted(Comparator.comparing(i -> example(i).chars()))
                .toList();
        List<String> thirds = new ArrayList<>();
        for (int third = 0; third < LENGTHS; third++) {
            List<Integer> part = sorted.subList(third * sorted.size() / LENGTHS, (third + 1) * sorted.size() / LENGTHS);
            if (!part.isEmpty()) {
                thirds.add(json(
                        new JsonText()
                                .put("from_chars", example(part.get(0)).chars())
                                .put(
                                        "to_chars",
                                        example(part.get(part.size() - 1)).chars()),
                        part));
            }
        }
        return thirds;
    }

    private List<Integer> indices() {
        return IntStream.range(0, trial.examples()).boxed().toList();
    }

    private String json(JsonText slice, List<Integer> part) {
        double[] before = scores(trial.frozen().scores(), part);
        double[] after = scores(trial.adapted().scores(), part);
        return slice.put("examples", part.size())
                .put("accuracy_before", mean(before))
                .put("accuracy_after", mean(after))
                .put("p_value", Significance.sign(before, after))
                .toString();
    }

    private static double[] scores(double[] all, List<Integer> part) {
        return part.stream().mapToDouble(i -> all[i]).toArray();
    }

    private static double mean(double[] scores) {
        return java.util.Arrays.stream(scores).average().orElse(0);
    }
}
