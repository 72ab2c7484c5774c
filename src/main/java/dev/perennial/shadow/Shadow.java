// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.task.RevisionId;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * A candidate that answers beside what serves its task.
 *
 * @param id sortable, {@code sh_...}
 * @param task whose
 * @param candidate the revision that answers beside what serves
 * @param traffic which inputs it answers
 * @param rule when it is promoted; empty: by hand
 * @param aliasChange number of the latest change of the alias {@code serving} when it began; 0: none
 * @param startedAt when
 */
public record Shadow(
        String id,
        TaskId task,
        RevisionId candidate,
        Traffic traffic,
        Optional<PromotionRule> rule,
        long aliasChange,
        Instant startedAt) {}
