// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.math.Probabilities;
import dev.perennial.task.Answer;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import java.util.List;

/**
 * How right the numbers of a head are, in [0, 1], before the policy and without memory: 1 or 0 for the most probable
 * label; of several labels the share that is right; 1 less the distance of a score as a share of the range.
 *
 * @param task whose
 * @param labels whose probabilities they are, in order
 */
record HeadAnswers(Task task, List<String> labels) {
    /** From this probability on, one of several labels applies. */
    private static final double APPLIES = 0.5;

    double right(double[] answer, Answer truth) {
        return switch (task.kind()) {
            case CLASSIFICATION -> {
                int best = Probabilities.argmax(answer);
                yield best >= 0 && labels.get(best).equals(RowOutcome.label(truth)) ? 1 : 0;
            }
            case MULTILABEL -> {
                double agreed = 0;
                for (int c = 0; c < answer.length; c++) {
                    agreed += (answer[c] >= APPLIES) == applies(c, truth) ? 1 : 0;
                }
                yield answer.length == 0 ? 0 : agreed / answer.length;
            }
            case REGRESSION -> 1 - Math.abs(answer[0] - scaled(truth));
        };
    }

    boolean applies(int label, Answer truth) {
        return RowOutcome.labels(truth).contains(labels.get(label));
    }

    /** A right score as heads see it. */
    double scaled(Answer truth) {
        ScoreRange range = task.scoreRange().orElseThrow();
        return (range.clamp(RowOutcome.score(truth)) - range.min()) / range.width();
    }
}
