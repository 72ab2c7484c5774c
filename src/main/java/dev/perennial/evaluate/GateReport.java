// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import dev.perennial.task.RevisionId;
import java.time.Instant;

/**
 * What a gate said, and of what.
 *
 * @param id {@code gate_...}
 * @param suite that was asked
 * @param serving the revision that serves
 * @param candidacy what wanted to serve
 * @param createdAt when
 * @param bounds how much worse it may be
 * @param verdict what came of it
 */
public record GateReport(
        String id,
        Suite suite,
        RevisionId serving,
        Candidacy candidacy,
        Instant createdAt,
        GateBounds bounds,
        Gate.Verdict verdict) {}
