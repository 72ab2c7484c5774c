// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Neighbourhood;
import dev.perennial.ensemble.Targets;
import dev.perennial.math.Probabilities;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Kind;
import dev.perennial.task.ScoreRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Finds examples that were probably taught wrongly: those of which the ensemble that never saw them, and the examples
 * nearest to them, say something else. A label is suspect when both together hold another one for more probable; a
 * score, when it is farther from the ensemble's than two robust standard deviations of all such distances.
 */
final class SuspectSearch {
    private static final int NEIGHBOURS = 10;

    /** How many of the neighbours are named. */
    private static final int NAMED = 5;

    /** Weight of the neighbours' labels beside the ensemble's probabilities. */
    private static final double WEIGHT_OF_NEIGHBOURS = 0.25;

    /** Standard deviations by which a score may be off without being suspect. */
    private static final double USUAL_DEVIATION = 2;

    /** The median of absolute deviations of normally distributed numbers is the standard deviation over this. */
    private static final double NORMAL = 1.4826;

    private final Ensemble ensemble;
    private final Targets targets;
    private final Neighbourhood neighbourhood;

    SuspectSearch(Ensemble ensemble) {
        this.ensemble = ensemble;
        this.targets = new Targets(ensemble.task(), ensemble.labels());
        this.neighbourhood = ensemble.neighbourhood();
    }

    /**
     * The suspects among examples, most suspect first.
     *
     * @param heldOut what the ensemble says of each had it not seen it
     */
    List<Suspect> among(List<Learner.HeldOutAnswer> heldOut) {
        List<Optional<Suspect>> found = ensemble.task().kind() == Kind.REGRESSION
                ? scores(heldOut)
                : heldOut.parallelStream().map(this::labelled).toList();
        return found.stream()
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingDouble((Suspect suspect) -> -suspect.score())
                        .thenComparing(Suspect::exampleId))
                .toList();
    }

    private Optional<Suspect> labelled(Learner.HeldOutAnswer heldOut) {
        Example example = heldOut.known().example();
        Answer given = example.teaching().answer();
        double[] taught = targets.of(given);
        boolean one = given instanceof Answer.OneLabel;
        // What the ensemble holds for most probable is never suspect; neighbours are looked for only where it matters.
        if (answer(heldOut.answer(), one).equals(given)) {
            return Optional.empty();
        }
        List<Neighbourhood.Near> near = neighbourhood.of(example.id(), NEIGHBOURS);
        double[] mixed = mixed(heldOut.answer(), near);
        Answer suggested = answer(mixed, one);
        double score = one ? againstOne(mixed, taught) : againstWorst(mixed, taught);
        OptionalDouble probability = OptionalDouble.of(
                one ? heldOut.answer()[Probabilities.argmax(taught)] : 1 - againstWorst(heldOut.answer(), taught));
        return suggested.equals(given)
                ? Optional.empty()
                : Optional.of(new Suspect(example.id(), given, suggested, probability, score, named(near)));
    }

    /** The ensemble's probabilities and the neighbours' labels, each neighbour by its similarity. */
    private double[] mixed(double[] answer, List<Neighbourhood.Near> near) {
        double[] votes = new double[answer.length];
        double all = 0;
        for (Neighbourhood.Near neighbour : near) {
            double[] label = targets.of(neighbour.example().teaching().answer());
            double vote = Math.max(0, neighbour.similarity());
            for (int c = 0; c < votes.length; c++) {
                votes[c] += vote * label[c];
            }
            all += vote;
        }
        if (all == 0) {
            return answer;
        }
        double[] mixed = new double[answer.length];
        for (int c = 0; c < mixed.length; c++) {
            mixed[c] = (1 - WEIGHT_OF_NEIGHBOURS) * answer[c] + WEIGHT_OF_NEIGHBOURS * votes[c] / all;
        }
        return mixed;
    }

    /** How probable the best other label is beside the given one. */
    private static double againstOne(double[] probabilities, double[] taught) {
        int given = Probabilities.argmax(taught);
        double best = IntStream.range(0, probabilities.length)
                .filter(c -> c != given)
                .mapToDouble(c -> probabilities[c])
                .max()
                .orElse(0);
        return best == 0 ? 0 : best / (best + probabilities[given]);
    }

    /** How probable it is that the label which is said most probably wrongly is wrong. */
    private static double againstWorst(double[] probabilities, double[] taught) {
        return IntStream.range(0, probabilities.length)
                .mapToDouble(c -> Math.abs(taught[c] - probabilities[c]))
                .max()
                .orElse(0);
    }

    private Answer answer(double[] probabilities, boolean one) {
        List<String> labels = ensemble.labels();
        return one
                ? new Answer.OneLabel(labels.get(Probabilities.argmax(probabilities)))
                : new Answer.Labels(IntStream.range(0, probabilities.length)
                        .filter(c -> probabilities[c] >= 0.5)
                        .mapToObj(labels::get)
                        .toList());
    }

    private List<Optional<Suspect>> scores(List<Learner.HeldOutAnswer> heldOut) {
        double[] residuals = heldOut.stream()
                .mapToDouble(one -> targets.of(one.known().example().teaching().answer())[0] - one.answer()[0])
                .toArray();
        double middle = median(residuals);
        double deviation = NORMAL
                * median(Arrays.stream(residuals)
                        .map(residual -> Math.abs(residual - middle))
                        .toArray());
        List<Optional<Suspect>> found = new ArrayList<>();
        for (int i = 0; i < residuals.length && deviation > 0; i++) {
            double standardised = Math.abs(residuals[i] - middle) / deviation;
            if (standardised > USUAL_DEVIATION) {
                found.add(Optional.of(scored(heldOut.get(i), standardised)));
            }
        }
        return found;
    }

    private Suspect scored(Learner.HeldOutAnswer heldOut, double standardised) {
        Example example = heldOut.known().example();
        ScoreRange range = ensemble.task().scoreRange().orElseThrow();
        double share = USUAL_DEVIATION / standardised;
        return new Suspect(
                example.id(),
                example.teaching().answer(),
                new Answer.Score(range.min() + heldOut.answer()[0] * range.width()),
                OptionalDouble.empty(),
                1 - share * share,
                named(neighbourhood.of(example.id(), NAMED)));
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return 0;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static List<Suspect.Neighbour> named(List<Neighbourhood.Near> near) {
        return near.stream()
                .limit(NAMED)
                .map(one -> new Suspect.Neighbour(
                        one.example().id(), one.example().teaching().answer(), one.similarity()))
                .toList();
    }
}
