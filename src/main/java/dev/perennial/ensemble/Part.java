// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.math.Platt;
import dev.perennial.math.Probabilities;
import dev.perennial.member.Head;
import dev.perennial.member.Query;
import dev.perennial.member.View;
import dev.perennial.task.Kind;

/**
 * One voice in the ensemble: a head, what its scores mean, and how much it counts.
 *
 * @param name id of the member it looks at, or {@code joint} when it looks at all
 * @param view which members it looks at
 * @param head features to scores
 * @param link what a score is multiplied with before it becomes a probability, the inverse temperature, and what is
 *     added then (multilabel only)
 * @param weight share in the combination, in [0, 1]
 */
public record Part(String name, View view, Head head, Platt link, double weight) {
    /** Name of the part that sees all members at once. */
    public static final String JOINT = "joint";

    /** The same with another weight. */
    Part weighing(double share) {
        return new Part(name, view, head, link, share);
    }

    /**
     * What this part says of an input: probabilities of the labels, or a score in [0, 1].
     *
     * @param prior the score that is assumed without examples (regression only)
     */
    public double[] answer(Kind kind, Query query, double prior) {
        return answer(kind, head.scores(query), link, prior);
    }

    /** What scores mean under a link. */
    public static double[] answer(Kind kind, double[] scores, Platt link, double prior) {
        return switch (kind) {
            case CLASSIFICATION -> Probabilities.softmax(scores, link.slope());
            case MULTILABEL -> {
                double[] p = new double[scores.length];
                for (int c = 0; c < p.length; c++) {
                    p[c] = Probabilities.logistic(link.slope() * scores[c] + link.offset());
                }
                yield p;
            }
            case REGRESSION -> new double[] {Math.max(0, Math.min(1, prior + scores[0]))};
        };
    }
}
