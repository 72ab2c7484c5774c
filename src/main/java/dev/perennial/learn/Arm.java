// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.Arrays;

/**
 * One way to answer, in a comparison on held-out examples which it had not seen, nor their kin.
 *
 * @param scores how right each answer is, in [0, 1] (see {@link Examination})
 * @param losses of each answer: negative log-likelihood, or squared error for regression
 */
@SuppressWarnings("ArrayRecordComponent")
public record Arm(double[] scores, double[] losses) {

    static Arm of(Fitting.Fit fit) {
        HeldOut heldOut = fit.heldOut();
        var answers = fit.fitted().blockedOutAnswers();
        return new Arm(heldOut.scores(answers), heldOut.losses(answers));
    }

    /** Mean of the scores. */
    public double accuracy() {
        return Arrays.stream(scores).average().orElse(0);
    }

    /** Mean of the losses. */
    public double loss() {
        return Arrays.stream(losses).average().orElse(0);
    }
}
