// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A correction in a request. Names an answer by its id, by the input itself, or by both; and says what the right answer
 * is.
 *
 * @param predictionId the answer that is corrected or confirmed
 * @param text the input instead, or along with the id of an answer whose text was not kept
 * @param textPair the second text of the input, for pair tasks
 * @param label the right label, for classification
 * @param labels the right labels, for multilabel
 * @param score the right score, for regression
 * @param source who or what corrects
 */
@Schema(name = "Feedback")
public record FeedbackBody(
        @Nullable String predictionId,
        @Nullable String text,
        @Nullable String textPair,
        @Nullable String label,
        @Nullable List<String> labels,
        @Nullable Double score,
        @Nullable String source) {}
