// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/** What scores of a question's objects cost, given which of them are answers. Thread-safe. */
sealed interface Loss permits SoftmaxLoss, ContrastLoss {

    /**
     * Replaces the scores of a question by the gradient of its cost, as a part of the mean over all triples of the
     * batch.
     *
     * @param scores one for each object of the batch; what follows is left alone
     * @return the cost, as a sum over the question's answers
     */
    double apply(float[] scores, Batch batch, int question);
}
