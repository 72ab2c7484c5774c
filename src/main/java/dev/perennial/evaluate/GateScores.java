// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.ScoreRange;
import java.util.Arrays;
import java.util.List;

/** Scores as shares of their range. */
final class GateScores {
    private GateScores() {}

    /** What was answered. */
    static double[] of(ScoreRange range, List<RowOutcome> outcomes) {
        return outcomes.stream()
                .mapToDouble(row -> share(range, row.prediction().score().orElseThrow()))
                .toArray();
    }

    /** What is right. */
    static double[] truth(GateEvidence evidence) {
        ScoreRange range = evidence.task().scoreRange().orElseThrow();
        return evidence.rows().stream()
                .mapToDouble(row -> share(range, RowOutcome.score(row.answer())))
                .toArray();
    }

    private static double share(ScoreRange range, double score) {
        return (range.clamp(score) - range.min()) / range.width();
    }

    static double[] squaredErrors(double[] answers, double[] truth) {
        double[] squares = new double[answers.length];
        Arrays.setAll(squares, i -> (answers[i] - truth[i]) * (answers[i] - truth[i]));
        return squares;
    }

    /** Rank correlation; that of answers that are all the same is 0. */
    static double spearman(double[] answers, double[] truth) {
        double correlation = Metrics.spearman(truth, answers);
        return Double.isNaN(correlation) ? 0 : correlation;
    }

    /** The same of the rows at these positions. */
    static double spearman(double[] answers, double[] truth, int[] positions) {
        return spearman(
                Arrays.stream(positions).mapToDouble(i -> answers[i]).toArray(),
                Arrays.stream(positions).mapToDouble(i -> truth[i]).toArray());
    }
}
