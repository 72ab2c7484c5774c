// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.encode.Encoders;
import dev.perennial.ensemble.ActiveEnsembles;
import dev.perennial.ensemble.InstructionRouter;
import dev.perennial.ensemble.Predictor;
import dev.perennial.learn.Teacher;
import dev.perennial.refresh.JobStore;
import dev.perennial.task.TaskStore;

/**
 * Everything that serves requests once the service has started.
 *
 * @param store the truth
 * @param jobs long work
 * @param encoders the encoders that are ready
 * @param active the serving ensembles
 * @param predictor answers
 * @param router finds the task of an instruction
 * @param teacher changes tasks
 */
public record Serving(
        TaskStore store,
        JobStore jobs,
        Encoders encoders,
        ActiveEnsembles active,
        Predictor predictor,
        InstructionRouter router,
        Teacher teacher) {}
