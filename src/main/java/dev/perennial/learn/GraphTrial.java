// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/**
 * What a knowledge graph does for a task, told by held-out examples which the ensemble had not seen, nor their kin.
 *
 * @param graph its id as a member
 * @param scale the best one (see {@link GraphReading#joining})
 * @param coverage share of the examples in which it finds an entity
 * @param without the ensemble without it
 * @param with the ensemble with it
 * @param shuffled the same with its entities' vectors dealt out anew: what is as good as this owes nothing to knowledge
 * @param ladder simpler ways to combine the same members
 */
public record GraphTrial(
        String graph, double scale, double coverage, Arm without, Arm with, Arm shuffled, Ladder ladder) {

    /** Number of held-out examples. */
    public int examples() {
        return without.scores().length;
    }
}
