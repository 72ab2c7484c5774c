// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

/** Brings a task's sums up to date and fits nothing of them, for what changes them often and is asked seldom. */
public final class SumsAlone {
    private SumsAlone() {}

    /** @param ledgers of the task, as an earlier lesson has left them */
    public static void bringUpToDate(Learner learner, Lesson lesson, Ledgers ledgers) {
        learner.prepare(lesson, ledgers);
    }
}
