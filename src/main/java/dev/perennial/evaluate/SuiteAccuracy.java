// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

/**
 * How well a task's frozen suite was answered after a step of learning.
 *
 * @param step number of the step; later steps have higher ones, with or without gaps
 * @param task whose suite was asked
 * @param accuracy share of right answers, in [0, 1]
 */
public record SuiteAccuracy(long step, String task, double accuracy) {
    public SuiteAccuracy {
        if (!(accuracy >= 0 && accuracy <= 1)) {
            throw new IllegalArgumentException("an accuracy is in [0, 1]");
        }
    }
}
