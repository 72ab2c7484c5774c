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
    /** Of {@link TfIdfSimilarity}, where all tasks word their instructions after one template. */
    public static final double SAME_TEMPLATE = 0.9;

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

    /**
     * The group that an unknown task is asked of, as published: the one most like it, and when none is alike enough the
     * last one that was made.
     *
     * @param groups at least one, in the order in which they were made
     */
    public Codebook closestOrLast(List<String> instructions, List<Codebook> groups) {
        return closest(instructions, groups)
                .filter(Closest::isAlike)
                .map(Closest::codebook)
                .orElseGet(() -> groups.get(groups.size() - 1));
    }

    /**
     * The same similarity with the threshold that lies in the middle between the least alike task of any group and the
     * most alike task of another group.
     *
     * @param groups each with the instructions of each of its tasks
     * @return unchanged when there are not two groups, or none with two tasks
     */
    public GroupMatcher calibrated(List<List<List<String>>> groups) {
        double within = Double.POSITIVE_INFINITY;
        double between = Double.NEGATIVE_INFINITY;
        for (int g = 0; g < groups.size(); g++) {
            for (int task = 0; task < groups.get(g).size(); task++) {
                for (int h = g; h < groups.size(); h++) {
                    for (int other = h == g ? task + 1 : 0;
                            other < groups.get(h).size();
                            other++) {
                        double alike = similarity.of(
                                groups.get(g).get(task), groups.get(h).get(other));
                        within = g == h ? Math.min(within, alike) : within;
                        between = g == h ? between : Math.max(between, alike);
                    }
                }
            }
        }
        return Double.isInfinite(within) || Double.isInfinite(between)
                ? this
                : new GroupMatcher(similarity, (within + between) / 2);
    }
}
