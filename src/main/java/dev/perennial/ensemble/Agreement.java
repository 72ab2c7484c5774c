// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Probabilities;
import dev.perennial.task.Kind;
import java.util.List;

/**
 * How the stages of a cascade answer held-out examples beside how the full ensemble does: the evidence from which a
 * {@link Cascade} is chosen. Immutable.
 *
 * @param stages all stages but the full ensemble, cheapest first; none where stages cannot stand in for it
 * @param probability of each example, that of the full ensemble's most probable label
 */
@SuppressWarnings("ArrayRecordComponent")
public record Agreement(List<ByExample> stages, double[] probability) {
    /** Without evidence nothing stops early. */
    public static final Agreement NONE = new Agreement(List.of(), new double[0]);

    /**
     * One stage, by example.
     *
     * @param margin how sure it is (see {@link Cascade#margin})
     * @param probability that of its most probable label
     * @param same whether it says what the full ensemble says
     */
    public record ByExample(double[] margin, double[] probability, boolean[] same) {}

    public Agreement {
        stages = List.copyOf(stages);
    }

    /**
     * How far stages say what the full ensemble says; {@link #NONE} of scores, and where nothing was answered.
     *
     * @param stages answers of each stage, by example
     * @param full those of the full ensemble
     */
    public static Agreement of(Kind kind, List<List<double[]>> stages, List<double[]> full) {
        boolean comparable = kind != Kind.REGRESSION && !full.isEmpty() && full.get(0).length > 0;
        if (!comparable) {
            return NONE;
        }
        return new Agreement(
                stages.stream().map(stage -> stage(kind, stage, full)).toList(), mostProbable(full));
    }

    private static ByExample stage(Kind kind, List<double[]> answers, List<double[]> full) {
        double[] margin = new double[answers.size()];
        boolean[] same = new boolean[answers.size()];
        for (int i = 0; i < same.length; i++) {
            margin[i] = Cascade.margin(kind, answers.get(i));
            same[i] = Cascade.isSame(kind, answers.get(i), full.get(i));
        }
        return new ByExample(margin, mostProbable(answers), same);
    }

    private static double[] mostProbable(List<double[]> answers) {
        return answers.stream()
                .mapToDouble(answer -> answer[Probabilities.argmax(answer)])
                .toArray();
    }

    /** Number of examples. */
    int examples() {
        return probability.length;
    }
}
