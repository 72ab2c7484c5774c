// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import java.util.OptionalDouble;

/**
 * What is kept of an input and its answer. No text.
 *
 * @param label position of the answered label, from 0; the number of labels when none was answered
 * @param number probability of the most probable label, or the score
 * @param sketch the input as the cheapest member reads it, in few numbers
 * @param scope squared distance to the nearest taught example, if there is one
 */
@SuppressWarnings("ArrayRecordComponent")
record Observation(int label, double number, byte[] sketch, OptionalDouble scope) {}
