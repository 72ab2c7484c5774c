// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.member.Query;
import dev.perennial.member.View;
import dev.perennial.task.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * What the voices of an ensemble have said of one input on its way through the stages, so that none is asked twice.
 * Owned by one thread.
 */
final class Said {
    private final Map<View, double[]> answerByView = new HashMap<>();

    /** What a part says: no two voices of an ensemble look at the same members. */
    double[] by(Part part, Kind kind, Query query, double prior) {
        return answerByView.computeIfAbsent(part.view(), any -> part.answer(kind, query, prior));
    }
}
