// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

/**
 * What {@link MergeRule.LineMerge} looks at, for one tensor. All terms are sums over examples and not means, so that
 * more examples weigh more.
 *
 * @param old values before the new task
 * @param now values that the new task has trained
 * @param gradient of the new task's loss at {@code now}, summed over its examples
 * @param oldFisher diagonal of the empirical Fisher information of the older tasks: squared gradients, one example at a
 *     time, summed
 * @param newFisher that of the new task
 */
@SuppressWarnings("ArrayRecordComponent")
public record TensorEvidence(float[] old, float[] now, double[] gradient, double[] oldFisher, double[] newFisher) {
    public TensorEvidence {
        int size = old.length;
        if (now.length != size || gradient.length != size || oldFisher.length != size || newFisher.length != size) {
            throw new IllegalArgumentException("evidence of different lengths");
        }
    }
}
