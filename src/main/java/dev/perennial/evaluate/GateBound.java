// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a task may set of how much worse a candidate may be (see {@link Gate}); each has a default. */
public enum GateBound {
    /** Share of the rows that may be answered worse, net. */
    ACCURACY(0.003, 0, 1),
    /** By how much the recall of a label may fall. */
    RECALL(0.02, 0, 1),
    /** Rows that a label must have for its recall to count. */
    RECALL_ROWS(30, 1, 1e6),
    /** By how much the calibration error may rise. */
    CALIBRATION(0.01, 0, 1),
    /** How far label sets may fall below the coverage of the policy, and below those that serve. */
    COVERAGE(0.01, 0, 1),
    /** By how much the accuracy of a slice may fall. */
    SLICE(0.01, 0, 1),
    /** Rows that a slice must have to count. */
    SLICE_ROWS(30, 1, 1e6),
    /** By how much the held-out accuracy on what was taught last may fall. */
    RECENT(0.02, 0, 1),
    /** How many of the examples taught last are asked; 0 asks none. */
    RECENT_ROWS(200, 0, 2_000),
    /** By how much micro F1 over several labels may fall. */
    F1(0.01, 0, 1),
    /** By how much the root mean squared error of scores may rise, as a share of their range. */
    ERROR(0.01, 0, 1),
    /** By how much the rank correlation of scores may fall. */
    CORRELATION(0.02, 0, 2),
    /** How many times as long an answer may take, in the median. */
    LATENCY_RATIO(1.5, 1, 1e6),
    /** Longer by no more milliseconds than this, an answer may take any number of times as long. */
    LATENCY_SLACK_MS(5, 0, 1e6),
    /** How many times as much memory heads and examples may take. */
    MEMORY_RATIO(2, 1, 1e6),
    /** More by no more mebibytes than this, they may take any number of times as much. */
    MEMORY_SLACK_MIB(64, 0, 1e6);

    private final double usual;
    private final double least;
    private final double most;

    GateBound(double usual, double least, double most) {
        this.usual = usual;
        this.least = least;
        this.most = most;
    }

    /** The default. */
    public double usual() {
        return usual;
    }

    /** The least that may be set. */
    public double least() {
        return least;
    }

    /** The most that may be set. */
    public double most() {
        return most;
    }

    /** Its name in JSON and in the store. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The bound of a name. */
    public static Optional<GateBound> of(String key) {
        return Arrays.stream(values()).filter(bound -> bound.key().equals(key)).findFirst();
    }
}
