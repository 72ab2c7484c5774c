// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Groups passages of similar length into runs, so that little of a run, or of its attention, is padding. */
final class Batches {
    private Batches() {}

    /** Positions of passages that may run together: those whose factors have the same ranks, or that have none. */
    static List<List<Integer>> alike(List<Factors> factors) {
        Map<Map<String, Integer>, List<Integer>> byRanks = new LinkedHashMap<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < factors.size(); i++) {
            List<Integer> group = factors.get(i).isNone()
                    ? others
                    : byRanks.computeIfAbsent(factors.get(i).ranks(), ranks -> new ArrayList<>());
            group.add(i);
        }
        List<List<Integer>> groups = new ArrayList<>(byRanks.values());
        if (groups.isEmpty()) {
            return List.of(others);
        }
        groups.get(0).addAll(others);
        return groups;
    }

    /**
     * Positions of the passages of each run.
     *
     * @param tokensPerRun bound on the tokens of a run; a longer passage runs alone
     * @param tokens how many tokens some passages take together, in the order of their lengths
     */
    static List<List<Integer>> plan(
            List<TokenizedPassage> passages, int tokensPerRun, ToIntFunction<List<TokenizedPassage>> tokens) {
        List<Integer> byLength = IntStream.range(0, passages.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> passages.get(i).length()))
                .toList();
        List<List<Integer>> runs = new ArrayList<>();
        List<TokenizedPassage> run = new ArrayList<>();
        for (int at = 0; at < byLength.size(); at++) {
            run.add(passages.get(byLength.get(at)));
            if (run.size() > 1 && tokens.applyAsInt(run) > tokensPerRun) {
                runs.add(byLength.subList(at + 1 - run.size(), at));
                run = new ArrayList<>(run.subList(run.size() - 1, run.size()));
            }
        }
        if (!run.isEmpty()) {
            runs.add(byLength.subList(byLength.size() - run.size(), byLength.size()));
        }
        return runs;
    }
}
