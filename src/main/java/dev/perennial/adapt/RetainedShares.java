// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.adapt.MovingAverage.Retention;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much of the old a merge has retained, of bounded size however many steps decided.
 *
 * @param tensors one entry a tensor, in the order of their names
 * @param steps mean over the tensors at each step that decided; a single one where there was one decision
 */
public record RetainedShares(List<OfTensor> tensors, List<Double> steps) {
    /** Nothing was merged. */
    public static final RetainedShares NONE = new RetainedShares(List.of(), List.of());

    public RetainedShares {
        tensors = List.copyOf(tensors);
        steps = List.copyOf(steps);
    }

    /**
     * What was retained of one tensor.
     *
     * @param decisions how many there were
     * @param last of them
     */
    public record OfTensor(String tensor, int decisions, double mean, double least, double most, double last) {}

    /** A summary of all decisions, in the order in which they were taken. */
    public static RetainedShares of(List<Retention> retentions) {
        Map<String, List<Double>> sharesByTensor = new TreeMap<>();
        Map<Integer, DoubleSummaryStatistics> byStep = new TreeMap<>();
        for (Retention each : retentions) {
            sharesByTensor
                    .computeIfAbsent(each.tensor(), tensor -> new ArrayList<>())
                    .add(each.share());
            byStep.computeIfAbsent(each.step(), step -> new DoubleSummaryStatistics())
                    .accept(each.share());
        }
        List<OfTensor> tensors = new ArrayList<>();
        sharesByTensor.forEach((tensor, shares) -> tensors.add(ofTensor(tensor, shares)));
        return new RetainedShares(
                tensors,
                byStep.values().stream()
                        .map(DoubleSummaryStatistics::getAverage)
                        .toList());
    }

    private static OfTensor ofTensor(String tensor, List<Double> shares) {
        DoubleSummaryStatistics all =
                shares.stream().mapToDouble(Double::doubleValue).summaryStatistics();
        return new OfTensor(
                tensor, shares.size(), all.getAverage(), all.getMin(), all.getMax(), shares.get(shares.size() - 1));
    }

    /** Mean over all tensors and decisions; 0 where nothing was merged. */
    public double mean() {
        return tensors.stream().mapToDouble(OfTensor::mean).average().orElse(0);
    }
}
