// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a task in a request.
 *
 * @param kind what an answer is
 * @param input what is asked about; text when left out
 * @param instruction the question in words
 * @param labels the possible answers; teaching may add others
 * @param scoreRange smallest and greatest score; for regression, and only there
 */
@Schema(name = "TaskDefinition")
public record TaskBody(
        @Schema(
                enumeration = {"classification", "multilabel", "regression"},
                required = true)
        @Nullable
        String kind,

        @Schema(
                enumeration = {"text", "pair"},
                defaultValue = "text")
        @Nullable
        String input,

        @Nullable String instruction,
        @Nullable List<@Nullable LabelBody> labels,

        @Schema(minItems = 2, maxItems = 2, examples = "[0.0, 5.0]") @Nullable
        List<@Nullable Double> scoreRange) {}
