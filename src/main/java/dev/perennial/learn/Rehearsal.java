// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.ensemble.Ensemble;
import java.util.List;
import java.util.function.Supplier;

/**
 * What answers a task, or would.
 *
 * @param ensemble need not serve
 * @param heldOut what it says of each example that it was learnt from, had it not seen it. Computed when it is asked
 *     for, which takes as long as learning the task
 */
public record Rehearsal(Ensemble ensemble, Supplier<List<Learner.HeldOutAnswer>> heldOut) {}
