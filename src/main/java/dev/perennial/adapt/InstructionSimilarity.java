// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;

/** How alike the instructions of a task and those of a group are. Safe for concurrent use. */
public interface InstructionSimilarity {
    /**
     * The mean over all pairs of one instruction of each side.
     *
     * @param task at least one
     * @param group at least one
     * @return 1 for one and the same instruction on both sides, about 0 for those that have nothing in common
     */
    double of(List<String> task, List<String> group);
}
