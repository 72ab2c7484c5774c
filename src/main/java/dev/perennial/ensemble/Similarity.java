// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

/**
 * How similar two texts are.
 *
 * @param score at most 1
 * @param truncated whether one of them was longer than an encoder can read
 */
public record Similarity(double score, boolean truncated) {}
