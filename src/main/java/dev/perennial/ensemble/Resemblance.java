// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Platt;
import dev.perennial.math.Probabilities;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How surely an input is such as a task was taught, by how near it is to what was taught, as one member sees it.
 * Immutable.
 *
 * <p>The closeness to the nearest of some taught examples becomes log odds by a logistic function (Platt 1999). That is
 * fitted to taught inputs, each left out of what it is compared with, against sentences that are about nothing in
 * particular; both count alike. So a task of many subjects claims no less than one of few, and what one task is taught
 * changes nothing about another. Only references to the features of examples are held, which their ensemble holds too.
 */
final class Resemblance {
    /** Fewer cannot be compared with one another. */
    static final int FEWEST = 2;

    /** Examples that an input is compared with, which bounds what a question costs beside many tasks. */
    private static final int MOST_COMPARED = 128;

    private static final int MOST_LEFT_OUT = 128;
    private static final int NEAREST = 5;
    /** What is assumed of a task: even odds half way between unrelated inputs and equal ones. */
    private static final Platt PRIOR = new Platt(6, -3);

    /** In fits whose weights add up to 1. */
    private static final double PRIOR_STRENGTH = 0.01;

    private final List<float[]> compared;
    private final Platt platt;

    private Resemblance(List<float[]> compared, Platt platt) {
        this.compared = compared;
        this.platt = platt;
    }

    /**
     * @param traces what was taught, {@link #FEWEST} or more, in an order that is a fair choice
     * @param member position of the one that looks
     * @param background its features of inputs that are about nothing in particular, at least one
     */
    static Resemblance of(List<Recollection.Trace> traces, int member, List<float[]> background) {
        List<float[]> compared = compared(traces, member);
        List<float[]> asked = new ArrayList<>(traces.stream()
                .limit(MOST_LEFT_OUT)
                .map(trace -> features(trace, member))
                .toList());
        int taught = asked.size();
        asked.addAll(background);
        double[] scores = new double[asked.size()];
        double[] truths = new double[asked.size()];
        double[] weights = new double[asked.size()];
        for (int i = 0; i < asked.size(); i++) {
            scores[i] = closeness(asked.get(i), compared);
            truths[i] = i < taught ? 1 : 0;
            weights[i] = 0.5 / (i < taught ? taught : background.size());
        }
        Platt fitted = Platt.fit(scores, truths, weights, PRIOR, PRIOR_STRENGTH);
        // A few examples that are unlike one another would have it that what is unlike them belongs to them.
        return new Resemblance(compared, fitted.slope() > 0 ? fitted : PRIOR);
    }

    /** Logarithm of the odds that an input with these features is such as was taught. */
    double logOdds(float[] features) {
        return platt.slope() * closeness(features, compared) + platt.offset();
    }

    /** An example of each label in turn. */
    private static List<float[]> compared(List<Recollection.Trace> traces, int member) {
        Map<Integer, List<float[]>> byLabel = new LinkedHashMap<>();
        traces.forEach(trace -> byLabel.computeIfAbsent(
                        trace.target().length == 0 ? 0 : Probabilities.argmax(trace.target()), any -> new ArrayList<>())
                .add(features(trace, member)));
        int size = Math.min(MOST_COMPARED, traces.size());
        List<float[]> compared = new ArrayList<>(size);
        for (int turn = 0; compared.size() < size; turn++) {
            for (List<float[]> ofLabel : byLabel.values()) {
                if (turn < ofLabel.size() && compared.size() < size) {
                    compared.add(ofLabel.get(turn));
                }
            }
        }
        return List.copyOf(compared);
    }

    private static float[] features(Recollection.Trace trace, int member) {
        return trace.features().byMember().get(member);
    }

    /** Mean over the nearest, 1 for equal inputs and about 0 for unrelated ones; not to this very vector itself. */
    private static double closeness(float[] features, List<float[]> compared) {
        double[] distances = compared.stream()
                .filter(other -> other != features)
                .mapToDouble(other -> squaredDistance(features, other))
                .sorted()
                .limit(Math.min(NEAREST, compared.size() - 1))
                .toArray();
        return 1 - Arrays.stream(distances).average().orElse(1);
    }

    private static double squaredDistance(float[] a, float[] b) {
        // Four sums, because one would wait for itself.
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        int k = 0;
        for (; k + 3 < a.length; k += 4) {
            float w = a[k] - b[k];
            float x = a[k + 1] - b[k + 1];
            float y = a[k + 2] - b[k + 2];
            float z = a[k + 3] - b[k + 3];
            first += w * w;
            second += x * x;
            third += y * y;
            fourth += z * z;
        }
        for (; k < a.length; k++) {
            float w = a[k] - b[k];
            first += w * w;
        }
        return (double) first + second + third + fourth;
    }
}
