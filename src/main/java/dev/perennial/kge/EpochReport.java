// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * How far a training got.
 *
 * @param epoch that has just ended, counted from 1
 * @param epochs that there will be
 * @param loss mean over the epoch's triples in both directions, without the regularisation
 */
public record EpochReport(int epoch, int epochs, double loss) {}
