// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/**
 * What a training adds to a matrix {@code W} of an encoder: {@code W + A B}.
 *
 * @param constant name of W in the encoder's graph
 * @param rank columns of A
 * @param first A, row after row; not copied
 * @param second B, row after row, with the scale of the correction in it; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record LowRankCorrection(String constant, int rank, float[] first, float[] second) {}
