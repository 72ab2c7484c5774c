// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

/**
 * What is known of answers afterwards.
 *
 * @param log answers that feedback can refer to
 * @param book how good answers were, and which were mistakes
 * @param clusters mistakes in groups
 */
public record Hindsight(PredictionLog log, FeedbackBook book, MistakeClusters clusters) {}
