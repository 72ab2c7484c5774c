// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Answers to a request that named no task.
 *
 * @param revision the revision that answered; null when no task matched
 * @param task the task whose instruction matched; null when the answer is zero-shot over the request's labels
 * @param match how well the instruction of the best task matches, as a cosine in [-1, 1]
 * @param predictions in the order of the inputs
 */
@Schema(name = "RoutedPredictions")
public record RoutedView(
        @Nullable String revision, @Nullable String task, double match, List<PredictionView> predictions) {}
