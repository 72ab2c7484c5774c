// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

/**
 * What is to be trained and how.
 *
 * @param encoder that is adapted
 * @param selection which of its numbers
 * @param objective to what
 * @param plan how
 */
public record TrainingOrder(EncoderFile encoder, Selection selection, Objective objective, TrainingPlan plan) {}
