// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Known;
import dev.perennial.math.SimplexWeights;
import dev.perennial.member.View;
import dev.perennial.task.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Simpler ways to combine the members' own voices, as baselines: the shallow, semi and deep ensembles of Roy, Shiri,
 * Gaur and Sheth (arXiv 2308.12272). Weights are learnt from the held-out answers themselves. None of them for scores,
 * which have no likelihood.
 *
 * @param shallow the mean of what the members say that read words in context
 * @param semi the same with weights
 * @param deep the same and the graph, with other weights for texts in which the graph finds an entity than for the rest
 */
public record Ladder(Arm shallow, Arm semi, Arm deep) {
    private static final double PSEUDO_COUNT = 1;

    static Ladder of(Fitting.Fit with, GraphReading reading) {
        if (with.heldOut().kind() == Kind.REGRESSION) {
            Arm none = new Arm(new double[0], new double[0]);
            return new Ladder(none, none, none);
        }
        View whole = Fitting.whole(with.rows().lesson());
        List<List<double[]>> voices = IntStream.range(whole.first(), whole.end())
                .mapToObj(m -> with.rows().lesson().members().get(m).info().id())
                .map(id ->
                        Objects.requireNonNull(with.fitted().blockedOutByVoice().get(id)))
                .toList();
        List<List<double[]>> members = voices.size() > 1 ? voices.subList(0, voices.size() - 1) : voices;
        HeldOut heldOut = with.heldOut();
        double[] equal = new double[members.size()];
        Arrays.fill(equal, 1.0 / members.size());
        double[] all = weights(heldOut, members, row -> true);
        List<Known> known = with.rows().taught();
        double[] linked = weights(heldOut, voices, row -> reading.knows(known.get(row)));
        double[] rest = weights(heldOut, voices, row -> !reading.knows(known.get(row)));
        return new Ladder(
                arm(heldOut, members, row -> equal),
                arm(heldOut, members, row -> all),
                arm(heldOut, voices, row -> reading.knows(known.get(row)) ? linked : rest));
    }

    private static double[] weights(HeldOut heldOut, List<List<double[]>> voices, Predicate<Integer> counts) {
        double[] weights = heldOut.weights();
        for (int row = 0; row < weights.length; row++) {
            weights[row] = counts.test(row) ? weights[row] : 0;
        }
        double[][] likelihoods = voices.stream()
                .map(heldOut::losses)
                .map(losses ->
                        Arrays.stream(losses).map(loss -> Math.exp(-loss)).toArray())
                .toArray(double[][]::new);
        return SimplexWeights.fit(likelihoods, weights, PSEUDO_COUNT);
    }

    private static Arm arm(HeldOut heldOut, List<List<double[]>> voices, IntFunction<double[]> weights) {
        List<double[]> answers = new ArrayList<>();
        for (int row = 0; row < heldOut.rows().size(); row++) {
            double[] mean = new double[voices.get(0).get(row).length];
            for (int v = 0; v < voices.size(); v++) {
                double[] answer = voices.get(v).get(row);
                for (int c = 0; c < mean.length; c++) {
                    mean[c] += weights.apply(row)[v] * answer[c];
                }
            }
            answers.add(mean);
        }
        return new Arm(heldOut.scores(answers), heldOut.losses(answers));
    }
}
