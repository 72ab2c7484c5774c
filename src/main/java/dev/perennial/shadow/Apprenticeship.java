// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

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
    /** 95 % of a normal distribution lie above its negative. */
    private static final double ONE_SIDED_95 = 1.6448536269514722;

    /**
     * What is good enough.
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

        /** Whether so many right answers of so many are enough. */
        boolean isReached(double right, long judged) {
            return judged >= answers && low(right, judged) >= accuracy;
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

    /** The accuracy that it has at least, with 95 % confidence, as far as feedback tells. */
    public double surely() {
        return low((double) marks.right(), marks.judged());
    }

    private static double low(double right, long judged) {
        return judged == 0
                ? 0
                : ScoreInterval.of(right / (double) judged, (double) judged, ONE_SIDED_95).low();
    }
}
