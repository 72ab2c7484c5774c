// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of an answer when the right one was told, before that was taught. Holds nothing of the input.
 *
 * @param task whose
 * @param at when the right answer was told, to the microsecond
 * @param revision that had answered
 * @param stage how far the cascade had gone
 * @param predictionId of the answer; empty where the input itself was sent
 * @param scores how good the answer was
 */
public record TestedAnswer(
        TaskId task, Instant at, RevisionId revision, String stage, Optional<String> predictionId, Scores scores) {}
