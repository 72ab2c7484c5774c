// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import dev.perennial.ensemble.InstructionVectors;
import java.util.List;

/**
 * Closeness in meaning, as {@code POST /v1/predictions} compares an instruction with those of tasks: raw cosines of
 * small encoders lie so near to one another that no threshold would hold for two of them, so each counts in units of
 * what it gives unrelated sentences. Immutable.
 */
public final class EmbeddingSimilarity implements InstructionSimilarity {
    private final InstructionVectors.Seen seen;

    /** @param seen every instruction that will be compared */
    public EmbeddingSimilarity(InstructionVectors.Seen seen) {
        this.seen = seen;
    }

    @Override
    public double of(List<String> task, List<String> group) {
        double sum = 0;
        for (String one : task) {
            for (String other : group) {
                sum += seen.closeness(one, other);
            }
        }
        return sum / ((double) task.size() * group.size());
    }
}
