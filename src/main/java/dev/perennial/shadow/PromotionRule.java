// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

/**
 * When a candidate is promoted without being asked. All that is asked must hold.
 *
 * @param answers least number of answers that were compared
 * @param feedback least number of answers of both that feedback has judged, by which the candidate must not be worse;
 *     0: feedback is not asked
 * @param gate whether it must pass the gate of the task's suite as well
 */
public record PromotionRule(long answers, long feedback, boolean gate) {
    public PromotionRule {
        if (answers < 0 || feedback < 0 || (feedback == 0 && !gate)) {
            throw new IllegalArgumentException("a rule asks feedback or the gate");
        }
    }

    /** Whether there is as much evidence as is asked. */
    boolean hasEnough(Tally tally) {
        return tally.asked() >= answers && tally.scored().answers() >= feedback;
    }
}
