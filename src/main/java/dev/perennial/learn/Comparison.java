// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.task.TaskId;

/**
 * A member and a candidate for its place in the same examination: the same held-out examples of a task, in the same
 * order.
 */
public record Comparison(TaskId task, Examination serving, Examination candidate) {
    /** One-sided, at 5 %. */
    private static final double SIGNIFICANT = 1.645;

    /** Number of held-out examples. */
    public int examples() {
        return serving.scores().length;
    }

    /** How many answers the candidate has less right. */
    public long worse() {
        return count(-1);
    }

    /** How many answers the candidate has more right. */
    public long better() {
        return count(1);
    }

    private long count(int sign) {
        long count = 0;
        for (int i = 0; i < examples(); i++) {
            count += Math.signum(change(i)) == sign ? 1 : 0;
        }
        return count;
    }

    private double change(int example) {
        return candidate.scores()[example] - serving.scores()[example];
    }

    /** By how much the accuracy rises. */
    public double rise() {
        return candidate.accuracy() - serving.accuracy();
    }

    /**
     * Whether the answers have become less right by more than chance makes likely: of answers that are right or wrong,
     * the test of McNemar (1947) without correction; of others, the same sum over the root of the sum of squares.
     */
    public boolean fallsSignificantly() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < examples(); i++) {
            sum += change(i);
            squares += change(i) * change(i);
        }
        return squares > 0 && -sum / Math.sqrt(squares) > SIGNIFICANT;
    }
}
