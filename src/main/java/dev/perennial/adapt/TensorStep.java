// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

/**
 * What a rule of the kind {@link MergeRule.EachStep} looks at: sums of absolute values over the elements of one tensor.
 *
 * @param distance from the average to the values after this step
 * @param stepLength from the values before this step to those after it
 * @param gradientSize of the gradient by which this step was made
 * @param gradientChange from the gradient of the step before to this one
 */
public record TensorStep(double distance, double stepLength, double gradientSize, double gradientChange) {

    static double distance(float[] from, float[] to) {
        double sum = 0;
        for (int i = 0; i < from.length; i++) {
            sum += Math.abs((double) to[i] - from[i]);
        }
        return sum;
    }

    static double size(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }
}
