// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.List;
import java.util.Optional;

/**
 * Finds the group whose instructions are most like a task's. As safe for concurrent use as its similarity.
 *
 * @param similarity of a task's instructions to a group's
 * @param threshold from which on a task belongs to the group that is most like it
 */
public record GroupMatcher(InstructionSimilarity similarity, double threshold) {
    /** Of {@link TfIdfSimilarity}, where instructions are worded freely. */
    public static final double FREE_WORDING = 0.3;

    /**
     * Of {@link EmbeddingSimilarity} with the encoders inside: where a task misses its group and comes to a strange one
     * least often together.
     */
    public static final double NEAR_IN_MEANING = 0.41;

    /**
     * The group whose instructions are most like a task's.
     *
     * @param codebook of the group
     * @param similarity of the task to it
     * @param isAlike whether the task belongs to it
     */
    public record Closest(Codebook codebook, double similarity, boolean isAlike) {}

    /**
     * The group that is most alike, of those the first; empty when there is no group.
     *
     * @param instructions of the task, at least one
     */
    public Optional<Closest> closest(List<String> instructions, List<Codebook> groups) {
        Codebook best = null;
        double highest = Double.NEGATIVE_INFINITY;
        for (Codebook group : groups) {
            double alike = similarity.of(instructions, group.instructions());
            if (best == null || alike > highest) {
                best = group;
                highest = alike;
            }
        }
        return best == null ? Optional.empty() : Optional.of(new Closest(best, highest, highest >= threshold));
    }
}
