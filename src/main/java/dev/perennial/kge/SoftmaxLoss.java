// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import dev.perennial.math.Softmax;

/**
 * The cross-entropy of each answer among all entities. Where only some of these are objects, those that were drawn
 * count for all that were not, so that the sum of exponentials is right on average.
 */
record SoftmaxLoss() implements Loss {
    @Override
    public double apply(float[] scores, Batch batch, int question) {
        int objects = batch.objects().length;
        float drawn = (float) Math.log(batch.weightOfDrawn());
        for (int i = batch.named(); i < objects; i++) {
            scores[i] += drawn;
        }
        double right = 0;
        for (int i = batch.starts()[question]; i < batch.starts()[question + 1]; i++) {
            right += scores[batch.answers()[i]];
        }
        int answers = batch.answersOf(question);
        double loss = answers * Softmax.apply(scores, objects) - right;
        float share = answers / (float) batch.triples();
        for (int i = 0; i < objects; i++) {
            scores[i] *= share;
        }
        for (int i = batch.starts()[question]; i < batch.starts()[question + 1]; i++) {
            scores[batch.answers()[i]] -= 1f / batch.triples();
        }
        return loss;
    }
}
