// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.Map;
import java.util.Optional;

/**
 * What guards and watches a task, and decides none of its answers.
 *
 * @param gateBounds what is set of how much worse a candidate may be, by name
 * @param keepsTexts whether texts that it is asked are kept for feedback
 * @param apprentice what it must reach, of one that answers silently
 */
public record TaskSettings(Map<String, Double> gateBounds, boolean keepsTexts, Optional<Apprentice> apprentice) {
    /** Nothing is set. */
    public static final TaskSettings NONE = new TaskSettings(Map.of(), false, Optional.empty());

    public TaskSettings {
        gateBounds = Map.copyOf(gateBounds);
    }

    /**
     * What a task must reach before it answers aloud.
     *
     * @param accuracy in (0, 1)
     * @param answers least number of judged answers
     * @param gate whether its suite may tell it as well
     */
    public record Apprentice(double accuracy, long answers, boolean gate) {}
}
