// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups passages of similar length into runs, so that little of a run is padding. */
final class Batches {
    private Batches() {}

    /**
     * Positions of the passages of each run.
     *
     * @param tokensPerRun bound on passages times longest length of a run; a longer passage runs alone
     */
    static List<List<Integer>> plan(List<TokenizedPassage> passages, int tokensPerRun) {
        List<Integer> byLength = IntStream.range(0, passages.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> passages.get(i).length()))
                .toList();
        List<List<Integer>> runs = new ArrayList<>();
        List<Integer> run = new ArrayList<>();
        for (int i : byLength) {
            if (!run.isEmpty() && (run.size() + 1) * passages.get(i).length() > tokensPerRun) {
                runs.add(run);
                run = new ArrayList<>();
            }
            run.add(i);
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }
}
