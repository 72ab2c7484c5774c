// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

/**
 * A question of a stream as the compared methods see it.
 *
 * @param features what is known of it; zeros at the end may be left out; not to be changed
 * @param label number of its answer, in the order in which labels come
 * @param task number of the task that it belongs to
 */
@SuppressWarnings("ArrayRecordComponent")
record StreamRow(float[] features, int label, int task) {}
