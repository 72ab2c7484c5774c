// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Ensemble;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What answers a task, or would.
 *
 * @param ensemble need not serve
 * @param heldOut what it says of each example that it was learnt from, had it not seen it; of a sample where there are
 *     very many, among which those that were taught last are, as many as are asked for. Computed when it is asked for,
 *     which takes as long as learning the task
 */
public record Rehearsal(Ensemble ensemble, IntFunction<List<Learner.HeldOutAnswer>> heldOut) {}
