// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/** Closed interval in which the scores of a regression task lie; finite, {@code min < max}. */
public record ScoreRange(double min, double max) {
    public ScoreRange {
        if (!Double.isFinite(min) || !Double.isFinite(max) || min >= max) {
            throw new IllegalArgumentException("score range needs finite min < max");
        }
    }

    public boolean contains(double score) {
        return score >= min && score <= max;
    }

    /** The nearest score inside the range. */
    public double clamp(double score) {
        return Math.max(min, Math.min(max, score));
    }

    public double width() {
        return max - min;
    }
}
