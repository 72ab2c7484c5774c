// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Known;
import dev.perennial.math.FixedPoint;
import dev.perennial.task.Answer;
import dev.perennial.task.Policy;
import dev.perennial.task.SourceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much examples count where no source may have more than a share of the weight: of each label for classification,
 * of all else. A source above its share is scaled down to it; with several, to the one level at which each has its
 * share of what is left (water filling). Examples that name no source are nobody's, and are never scaled. Where only k
 * named sources teach a label, a share below 1/k cannot be kept to, and 1/k is meant; so a single one is not scaled at
 * all.
 *
 * <p>Weights are multiples of {@code 2^-6}, as those of rows have to be, and what rounding leaves over is dealt out in
 * the order of content keys; an example for which nothing is left is not learnt from. All of this is a function of the
 * set of examples. Not thread-safe.
 */
final class SourceCap {
    private static final double UNIT = 0x1p-6;
    private static final double ROUNDING = 1e-9;

    private final double share;
    private final Map<String, Map<Optional<SourceName>, SortedMap<String, Double>>> weightsByGroup = new HashMap<>();
    private double total;

    private SourceCap(double share) {
        this.share = share;
    }

    /** None where sources are not told apart. */
    static Optional<SourceCap> of(Policy policy) {
        OptionalDouble share = policy.learning().maxSourceShare();
        return share.isEmpty() ? Optional.empty() : Optional.of(new SourceCap(share.getAsDouble()));
    }

    /** @param weight how much the example would count, a multiple of {@code 2^-6} */
    void add(Known known, double weight) {
        Answer answer = known.example().teaching().answer();
        String group = answer instanceof Answer.OneLabel one ? one.label() : "";
        weightsByGroup
                .computeIfAbsent(group, label -> new HashMap<>())
                .computeIfAbsent(known.example().teaching().source(), source -> new TreeMap<>())
                .merge(known.example().key().hex(), weight, Double::sum);
        total += weight;
    }

    /** What each content counts, by its key. */
    Map<String, Double> weights() {
        // Sums of fine weights are exact up to less than sums of coarse ones.
        double unit = total > FixedPoint.LARGEST_TOTAL_OF_FINE_WEIGHTS ? FixedPoint.QUARTER : UNIT;
        Map<String, Double> weights = new HashMap<>();
        for (Map<Optional<SourceName>, SortedMap<String, Double>> sources : weightsByGroup.values()) {
            double level = level(sources);
            sources.forEach((source, taught) -> {
                boolean isScaled = source.isPresent() && total(taught) > level;
                Map<String, Double> dealt = isScaled ? dealt(taught, level, unit) : taught;
                dealt.forEach((key, weight) -> weights.merge(key, weight, Double::sum));
            });
        }
        return weights;
    }

    /** Each in proportion, rounded down; what is left over goes to the first keys, which are hashes. */
    private static Map<String, Double> dealt(SortedMap<String, Double> taught, double level, double unit) {
        Map<String, Double> dealt = new TreeMap<>();
        double all = total(taught);
        long left = (long) (level / unit);
        for (Map.Entry<String, Double> each : taught.entrySet()) {
            long units = (long) (level / unit * (each.getValue() / all));
            dealt.put(each.getKey(), units * unit);
            left -= units;
        }
        for (Map.Entry<String, Double> each : dealt.entrySet()) {
            if (left > 0) {
                each.setValue(each.getValue() + unit);
                left--;
            }
        }
        return dealt;
    }

    private static double total(Map<String, Double> taught) {
        return taught.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The weight that no named source may exceed. */
    private double level(Map<Optional<SourceName>, SortedMap<String, Double>> sources) {
        List<Double> named = new ArrayList<>();
        double rest = 0;
        for (Map.Entry<Optional<SourceName>, SortedMap<String, Double>> source : sources.entrySet()) {
            double weight = total(source.getValue());
            rest += weight;
            if (source.getKey().isPresent()) {
                named.add(weight);
            }
        }
        named.sort(Collections.reverseOrder());
        boolean allNamed = named.size() == sources.size();
        double most = allNamed ? Math.max(share, 1.0 / named.size()) : share;
        int scaled = 0;
        while (scaled < named.size() && named.get(scaled) > level(rest, most, scaled)) {
            rest -= named.get(scaled);
            scaled++;
        }
        return level(rest, most, scaled);
    }

    /**
     * At which each of the sources that are scaled has its share of all.
     *
     * @param rest weight of all others
     */
    private static double level(double rest, double most, int scaled) {
        double left = 1 - most * scaled;
        return left <= ROUNDING ? Double.POSITIVE_INFINITY : most * rest / left * (1 + ROUNDING);
    }
}
