// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What is to be evaluated: either examples or the suite.
 *
 * @param examples rows whose answers are known, written as for teaching; they are not learnt
 * @param suite true: the rows of the task's suite
 * @param stress true: the rows are asked written worse as well, with slips of the keyboard, in small letters, in
 *     capital ones, and without their second half; false when it is missing
 * @param seed of the slips and of the bootstrap's draws; 1 when it is missing
 */
@Schema(name = "EvaluationRequest")
record EvaluationBody(
        @Nullable List<@Nullable ExampleRow> examples,
        @Nullable Boolean suite,

        @Schema(defaultValue = "false") @Nullable Boolean stress,

        @Schema(defaultValue = "1") @Nullable Long seed) {}
