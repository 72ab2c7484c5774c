// SPDX-License-Identifier: Apache-2.0
package dev.perennial.member;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One input as heads see it. Remembers the distances to the examples that several heads of an ensemble share, so that
 * they are computed once. Owned by one thread.
 */
public final class Query {
    private final Features features;
    private final Map<Integer, double[]> squaredDistancesByMember = new HashMap<>();
    private List<Features> support = List.of();

    public Query(Features features) {
        this.features = features;
    }

    Features features() {
        return features;
    }

    /** Squared distances to the examples, as seen by a view: bit for bit {@link View#squaredDistance}. */
    double[] squaredDistances(View view, List<Features> examples) {
        if (support != examples) {
            support = examples;
            squaredDistancesByMember.clear();
        }
        if (view.size() == 1) {
            return ofMember(view.first());
        }
        double[] mean = new double[examples.size()];
        for (int m = view.first(); m < view.end(); m++) {
            double[] ofMember = ofMember(m);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += ofMember[i];
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= view.size();
        }
        return mean;
    }

    private double[] ofMember(int member) {
        return squaredDistancesByMember.computeIfAbsent(
                member,
                any -> support.stream()
                        .mapToDouble(example -> features.squaredDistance(example, member))
                        .toArray());
    }
}
