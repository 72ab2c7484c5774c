// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.ensemble.LabelProbability;
import dev.perennial.ensemble.Odds;
import dev.perennial.task.Answer;
import dev.perennial.task.Task;
import java.util.Collection;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How good an answer was, given the right one. Of a task with one label, probabilities are scored over all labels; of
 * one with several, over each label by itself, in the mean. Probabilities of labels that an answer does not name count
 * as their mean.
 *
 * @param right whether it was right
 * @param abstained whether the task had abstained, which is not right
 * @param answered probability of the most probable label; empty for a number
 * @param truth probability of the right label; empty where there is not one
 * @param brier sum of squared distances of the probabilities from 0 and 1; with several labels, their mean
 * @param logLoss minus the natural logarithm of what was given to the truth; with several labels, the mean of each
 * @param absoluteError distance from the right number
 */
public record Scores(
        boolean right,
        boolean abstained,
        OptionalDouble answered,
        OptionalDouble truth,
        OptionalDouble brier,
        OptionalDouble logLoss,
        OptionalDouble absoluteError) {
    /** An answer that gave the truth nothing is not infinitely bad. */
    private static final double LEAST = 1e-6;

    /**
     * Scores an answer.
     *
     * @param known the labels that can be answered by now; others had no probability. A label that came after the
     *     answer is taken for one that the answer does not name, which overrates it where there are more labels than
     *     are named; which labels there were is not kept with an answer
     */
    public static Scores of(Task task, GivenAnswer given, Answer right, Collection<String> known) {
        boolean isRight = given.isRight(task, right);
        boolean abstained = given.answer(task.kind()).isEmpty();
        if (right instanceof Answer.Score truth) {
            OptionalDouble error = given.score().isPresent()
                    ? OptionalDouble.of(Math.abs(given.score().getAsDouble() - truth.score()))
                    : OptionalDouble.empty();
            return new Scores(isRight, abstained, none(), none(), none(), none(), error);
        }
        Odds odds = given.odds();
        if (odds.labels() == 0) {
            return new Scores(isRight, abstained, given.probability(), none(), none(), none(), none());
        }
        if (right instanceof Answer.OneLabel one) {
            double truth = known.contains(one.label()) ? odds.of(one.label()) : 0;
            return new Scores(
                    isRight,
                    abstained,
                    given.probability(),
                    OptionalDouble.of(truth),
                    OptionalDouble.of(odds.squares() - 2 * truth + 1),
                    OptionalDouble.of(loss(truth)),
                    none());
        }
        Each each = Each.of(odds, new HashSet<>(((Answer.Labels) right).labels()), known);
        return new Scores(
                isRight,
                abstained,
                given.probability(),
                none(),
                OptionalDouble.of(each.squares / each.labels),
                OptionalDouble.of(each.losses / each.labels),
                none());
    }

    private static OptionalDouble none() {
        return OptionalDouble.empty();
    }

    private static double loss(double probability) {
        return -Math.log(Math.min(1, Math.max(LEAST, probability)));
    }

    /** Sums over labels of which each applies or does not. */
    private static final class Each {
        private double labels;
        private double squares;
        private double losses;

        static Each of(Odds odds, Set<String> right, Collection<String> known) {
            Each each = new Each();
            int named = 0;
            for (LabelProbability one : odds.most()) {
                boolean applies = right.contains(one.label());
                named += applies ? 1 : 0;
                each.add(1, one.probability(), applies);
            }
            int others = odds.labels() - odds.most().size();
            int unheard =
                    (int) right.stream().filter(label -> !known.contains(label)).count();
            int applying = Math.max(0, Math.min(others, right.size() - named - unheard));
            each.add(applying, odds.other(), true);
            each.add(others - applying, odds.other(), false);
            // Labels that could not be answered.
            each.add(right.size() - named - applying, 0, true);
            return each;
        }

        private void add(int count, double probability, boolean applies) {
            double given = applies ? probability : 1 - probability;
            labels += count;
            squares += count * (1 - given) * (1 - given);
            losses += count * loss(given);
        }
    }
}
