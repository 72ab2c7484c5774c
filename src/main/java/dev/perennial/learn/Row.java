// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.member.Features;

/**
 * One line of a regression.
 *
 * @param key identity: rows with equal keys are equal; rows are used in the order of their keys
 * @param features what the heads see
 * @param target what they should say, per output, less what is assumed without examples
 * @param weight how much it counts, a multiple of {@code 2^-6}
 * @param prior the score that is assumed without examples (regression only)
 * @param heldOut whether it takes part in leave-one-out; false for the rows that stand for label descriptions
 */
@SuppressWarnings("ArrayRecordComponent")
record Row(String key, Features features, double[] target, double weight, double prior, boolean heldOut) {}
