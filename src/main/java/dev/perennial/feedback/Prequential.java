// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.math.ScoreInterval;
import dev.perennial.task.RevisionId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * How good a task's answers were, each tested before what it was tested with was taught (Gama, Sebastião and Rodrigues,
 * On evaluating stream learning algorithms, 2013): over all that is kept, over the last ones, and with weights that
 * fade.
 *
 * @param all over all
 * @param window over the last ones
 * @param faded over all, where each answer before has {@code fading} of the weight of the next
 * @param revisions by the revision that had answered, latest first
 * @param stages by the stage that had answered, most answers first
 */
public record Prequential(
        Figures all, Figures window, Figures faded, List<Of<RevisionId>> revisions, List<Of<String>> stages) {
    private static final int MOST_REVISIONS = 50;

    /** Of a normal distribution, 95 % lie within so many standard deviations. */
    private static final double Z = 1.959963984540054;

    /** How good some answers were. */
    public record Of<T>(T name, Figures figures) {}

    /**
     * Weighted means over answers.
     *
     * @param answers how many
     * @param weight how many they count for
     * @param accuracy share of right ones; empty without answers, like the next ones
     * @param low where the accuracy lies with 95 % confidence, by Wilson's interval
     * @param high the same
     * @param abstention share of those that abstained
     * @param logLoss mean over those that have one, as are the next ones
     */
    public record Figures(
            long answers,
            double weight,
            OptionalDouble accuracy,
            OptionalDouble low,
            OptionalDouble high,
            OptionalDouble abstention,
            OptionalDouble logLoss,
            OptionalDouble brier,
            OptionalDouble absoluteError) {}

    /**
     * Reports on answers.
     *
     * @param answers oldest first
     * @param last how many the window has
     * @param fading in (0, 1]; 1: all count the same
     */
    public static Prequential of(List<TestedAnswer> answers, int last, double fading) {
        List<TestedAnswer> window = answers.subList(Math.max(0, answers.size() - last), answers.size());
        return new Prequential(
                figures(answers, 1),
                figures(window, 1),
                figures(answers, fading),
                by(answers, TestedAnswer::revision).stream()
                        .sorted(Comparator.comparing(
                                        (Of<RevisionId> one) -> one.name().number())
                                .reversed())
                        .limit(MOST_REVISIONS)
                        .toList(),
                by(answers, TestedAnswer::stage).stream()
                        .sorted(Comparator.comparing(
                                        (Of<String> one) -> -one.figures().answers())
                                .thenComparing(Of::name))
                        .toList());
    }

    private static <T> List<Of<T>> by(List<TestedAnswer> answers, Function<TestedAnswer, T> name) {
        Map<T, Tally> tallies = new HashMap<>();
        for (TestedAnswer answer : answers) {
            tallies.computeIfAbsent(name.apply(answer), first -> new Tally(1)).add(answer.scores());
        }
        return tallies.entrySet().stream()
                .map(entry -> new Of<>(entry.getKey(), entry.getValue().figures()))
                .toList();
    }

    private static Figures figures(List<TestedAnswer> answers, double fading) {
        Tally tally = new Tally(fading);
        answers.forEach(answer -> tally.add(answer.scores()));
        return tally.figures();
    }

    /**
     * Weighted sums over answers that come one after the other: each new one counts 1, and what was there before fades.
     * Not thread-safe.
     */
    static final class Tally {
        private final double fading;
        private long answers;
        private double weight;
        private double squaredWeights;
        private double right;
        private double abstained;
        private final Mean logLoss = new Mean();
        private final Mean brier = new Mean();
        private final Mean absoluteError = new Mean();

        Tally(double fading) {
            this.fading = fading;
        }

        void add(Scores scores) {
            answers++;
            weight = fading * weight + 1;
            squaredWeights = fading * fading * squaredWeights + 1;
            right = fading * right + (scores.right() ? 1 : 0);
            abstained = fading * abstained + (scores.abstained() ? 1 : 0);
            logLoss.add(fading, scores, Scores::logLoss);
            brier.add(fading, scores, Scores::brier);
            absoluteError.add(fading, scores, Scores::absoluteError);
        }

        Figures figures() {
            if (answers == 0) {
                OptionalDouble none = OptionalDouble.empty();
                return new Figures(0, 0, none, none, none, none, none, none, none);
            }
            double share = right / weight;
            // As many answers of equal weight would say as much.
            ScoreInterval interval = ScoreInterval.of(share, weight * weight / squaredWeights, Z);
            return new Figures(
                    answers,
                    weight,
                    OptionalDouble.of(share),
                    OptionalDouble.of(interval.low()),
                    OptionalDouble.of(interval.high()),
                    OptionalDouble.of(abstained / weight),
                    logLoss.get(),
                    brier.get(),
                    absoluteError.get());
        }
    }

    /** A weighted mean of what not every answer has. */
    private static final class Mean {
        private double weight;
        private double sum;

        void add(double fading, Scores scores, Function<Scores, OptionalDouble> figure) {
            OptionalDouble value = figure.apply(scores);
            weight = fading * weight + (value.isPresent() ? 1 : 0);
            sum = fading * sum + value.orElse(0);
        }

        OptionalDouble get() {
            return weight == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / weight);
        }
    }
}
