// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import dev.perennial.math.NormalTail;
import dev.perennial.math.RiskControl;
import dev.perennial.math.ScoreInterval;
import dev.perennial.task.TaskId;
import java.time.Instant;
import java.util.Optional;

/**
 * A task that answers silently until it is good enough.
 *
 * @param task which one
 * @param bar what is good enough
 * @param state whether it goes on
 * @param reason why it does not; empty while it does
 * @param marks what was counted
 * @param startedAt when it began
 * @param endedAt when it ended
 */
public record Apprenticeship(
        TaskId task,
        Bar bar,
        ShadowCourse.State state,
        Optional<String> reason,
        Marks marks,
        Instant startedAt,
        Optional<Instant> endedAt) {
    /** In so many cases a task may be taken for better than it is. */
    private static final double LEVEL = 0.05;
    /** Of a number of rows that is told as a share. */
    private static final double ROUNDING = 1e-6;

    /**
     * What is good enough. A bound that holds with 95 % confidence when it is looked at once is passed sooner or later
     * by whoever looks again and again. So it is looked at when so many answers are judged, twice as many, four times
     * as many and so on, and each look has half of the chance to err that the one before it had, of 5 % in all
     * (Bonferroni). Another bar is another 5 %.
     *
     * @param accuracy that the task must reach with 95 % confidence, in (0, 1)
     * @param answers least number of judged answers by which that is told
     * @param gate whether the rows of the task's suite may tell it as well
     */
    public record Bar(double accuracy, long answers, boolean gate) {
        public Bar {
            if (!(accuracy > 0 && accuracy < 1) || answers < 1) {
                throw new IllegalArgumentException("an accuracy lies between 0 and 1, and is told by some answers");
            }
        }

        /** Whether so many right answers of so many that were judged are enough; looked at as each comes. */
        boolean isReached(long right, long judged) {
            long times = judged / answers;
            boolean isLook = judged % answers == 0 && Long.bitCount(times) == 1;
            return isLook && isAtLeast(right, judged, LEVEL / (2.0 * (double) times));
        }

        /**
         * Whether so many right rows of so many are enough. Each revision that is asked is another look; their chances
         * to err add up to 5 % however many come.
         *
         * @param look which one, from 1
         */
        boolean isReachedBySuite(double right, long rows, long look) {
            double level = LEVEL / ((double) look * (double) (look + 1));
            return rows >= answers && isAtLeast((long) Math.floor(right + ROUNDING), rows, level);
        }

        /**
         * Whether so many would be right by chance too seldom, were the accuracy no more than the bar
         * (Clopper-Pearson).
         */
        private boolean isAtLeast(long right, long all, double level) {
            int trials = Math.toIntExact(all);
            return all > 0 && RiskControl.binomialTail(trials - Math.toIntExact(right), trials, 1 - accuracy) <= level;
        }
    }

    /**
     * What was counted.
     *
     * @param answers that were given silently
     * @param judged by feedback
     * @param right of those
     */
    public record Marks(long answers, long judged, long right) {
        /** Nothing was counted yet. */
        public static final Marks NONE = new Marks(0, 0, 0);
    }

    /** One that begins. */
    public static Apprenticeship begun(TaskId task, Bar bar, Instant at) {
        return new Apprenticeship(
                task, bar, ShadowCourse.State.RUNNING, Optional.empty(), Marks.NONE, at, Optional.empty());
    }

    /** Whether the task answers silently. */
    public boolean isRunning() {
        return state == ShadowCourse.State.RUNNING;
    }

    /** The same by another bar. */
    Apprenticeship by(Bar other) {
        return new Apprenticeship(task, other, state, reason, marks, startedAt, endedAt);
    }

    Apprenticeship counting(Marks now) {
        return new Apprenticeship(task, bar, state, reason, now, startedAt, endedAt);
    }

    Apprenticeship ended(ShadowCourse.State how, String why, Instant at) {
        return new Apprenticeship(task, bar, how, Optional.of(why), marks, startedAt, Optional.of(at));
    }

    /** The accuracy that it has at least, with 95 % confidence for whoever looks once, as far as feedback tells. */
    public double surely() {
        return low((double) marks.right(), marks.judged(), LEVEL);
    }

    private static double low(double right, long all, double level) {
        double count = (double) all;
        return all == 0
                ? 0
                : ScoreInterval.of(right / count, count, NormalTail.standardDeviations(level))
                        .low();
    }
}
