// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A request for predictions to no task in particular: by an instruction, to several tasks at once, or, with neither, by
 * the texts themselves.
 *
 * @param tasks the tasks that answer, each all inputs; instead of an instruction
 * @param instruction the question in words; the task whose instruction means the same answers
 * @param among without an instruction and tasks: the tasks of which each input is answered by one, or by none; all when
 *     left out
 * @param labels what to answer over when no task matches
 * @param inputs what to answer, in order
 * @param topK how many labels to list per answer; 3 when left out
 * @param mode how much of the ensemble answers; auto when left out
 * @param explain whether to say why; false when left out
 * @param minRevision a revision that the answer must not be older than
 */
@Schema(name = "InstructionPredictionRequest")
public record InstructionBody(
        @Nullable List<@Nullable String> tasks,
        @Nullable String instruction,
        @Nullable List<@Nullable String> among,
        @Nullable List<@Nullable LabelBody> labels,
        @Nullable List<@Nullable InputBody> inputs,
        @Schema(minimum = "1", defaultValue = "3") @Nullable Integer topK,

        @Schema(
                enumeration = {"auto", "full", "fast"},
                defaultValue = "auto")
        @Nullable
        String mode,

        @Schema(defaultValue = "false") @Nullable Boolean explain,
        @Nullable String minRevision) {

    /** The part that a request to a task has too. */
    PredictBody question() {
        return new PredictBody(inputs, topK, mode, explain, minRevision);
    }
}
