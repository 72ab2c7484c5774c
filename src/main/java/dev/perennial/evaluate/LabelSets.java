// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How good label sets are, which are to contain the true label with the task's coverage. */
public final class LabelSets {
    private LabelSets() {}

    /** Share of the sets that contain the truth; NaN when there is none. */
    public static double coverage(List<String> truth, List<? extends Collection<String>> sets) {
        Metrics.requireEqualLength(truth.size(), sets.size());
        return IntStream.range(0, truth.size())
                .mapToDouble(i -> sets.get(i).contains(truth.get(i)) ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    /**
     * The least coverage of the questions of one label, over all labels that are the truth of some; NaN when none is.
     */
    public static double worstCoverage(List<String> truth, List<? extends Collection<String>> sets) {
        Metrics.requireEqualLength(truth.size(), sets.size());
        return IntStream.range(0, truth.size())
                .boxed()
                .collect(Collectors.groupingBy(
                        truth::get, Collectors.averagingDouble(i -> sets.get(i).contains(truth.get(i)) ? 1 : 0)))
                .values()
                .stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(Double.NaN);
    }

    /** Mean number of labels in a set; NaN when there is none. */
    public static double meanSize(List<? extends Collection<String>> sets) {
        return sets.stream().mapToInt(Collection::size).average().orElse(Double.NaN);
    }
}
