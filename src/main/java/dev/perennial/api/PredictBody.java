// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A request for predictions.
 *
 * @param inputs what to answer, in order: objects, or plain strings for tasks about single texts
 * @param topK how many labels to list per answer; 3 when left out
 * @param mode how much of the ensemble answers; auto when left out
 * @param explain whether to say why; false when left out
 * @param minRevision a revision that the answer must not be older than
 */
@Schema(name = "PredictionRequest")
public record PredictBody(
        @Nullable List<@Nullable InputBody> inputs,
        @Schema(minimum = "1", defaultValue = "3") @Nullable Integer topK,

        @Schema(
                enumeration = {"auto", "full", "fast"},
                defaultValue = "auto")
        @Nullable
        String mode,

        @Schema(defaultValue = "false") @Nullable Boolean explain,
        @Nullable String minRevision) {}
