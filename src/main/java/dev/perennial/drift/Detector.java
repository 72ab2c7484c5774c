// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

/** What of a task's answers is watched. */
public enum Detector {
    /** Which labels are answered, "none" among them: total variation. */
    LABELS("labels"),
    /** How probable the most probable label is: distance of Kolmogorov and Smirnov. */
    PROBABILITY("probability"),
    /** The scores that are answered: distance of Kolmogorov and Smirnov. */
    SCORE("score"),
    /** What the inputs say, as the cheapest member reads them: distance of their means. */
    EMBEDDING("embedding"),
    /** How far the nearest taught example is from an input: distance of Kolmogorov and Smirnov. */
    SCOPE("scope");

    private final String key;

    Detector(String key) {
        this.key = key;
    }

    /** Its name in replies and metrics. */
    public String key() {
        return key;
    }

    /** Whether what it watches depends on what the task has learnt, and not on the inputs alone. */
    boolean isOfAnswers() {
        return this != EMBEDDING;
    }
}
