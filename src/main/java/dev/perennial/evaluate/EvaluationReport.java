// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import java.time.Instant;
import java.util.Optional;

/**
 * An evaluation, and of what.
 *
 * @param id {@code eval_...}
 * @param task the question as it was when it was asked
 * @param revision the revision that answered
 * @param suite digest of the suite that was asked; empty when the rows came with the request
 * @param options how it was evaluated
 * @param createdAt when
 * @param evaluation what came of it
 */
public record EvaluationReport(
        String id,
        Task task,
        RevisionId revision,
        Optional<String> suite,
        Evaluator.Options options,
        Instant createdAt,
        Evaluation evaluation) {}
