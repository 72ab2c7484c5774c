// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.time.Duration;

/**
 * What a training may cost.
 *
 * @param steps most steps
 * @param longest time after which no step is begun
 * @param memoryBytes most memory of the process that trains
 * @param parameters most numbers that may change
 */
public record TrainingBudget(int steps, Duration longest, long memoryBytes, long parameters) {
    public TrainingBudget {
        if (steps < 1 || longest.isNegative() || longest.isZero() || memoryBytes < 1 || parameters < 1) {
            throw new IllegalArgumentException("a budget of nothing");
        }
    }
}
