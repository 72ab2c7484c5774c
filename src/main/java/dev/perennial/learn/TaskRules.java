// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.FixedPoint;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a task may hold.
 *
 * @param bounds how much
 */
record TaskRules(Teacher.Bounds bounds) {

    /** @throws Refusal.Conflict when the task holds what its definition does not allow */
    static void requireFitting(Task task, Classroom classroom) {
        for (Example example : classroom.examples()) {
            Teaching teaching = example.teaching();
            if (teaching.answer().kind() != task.kind() || teaching.input().kind() != task.input()) {
                throw new Refusal.Conflict(
                        "The task holds examples of another kind or input; remove the task first, or use another name.");
            }
            if (!inRange(task, teaching)) {
                throw new Refusal.Conflict("The task holds scores outside the new score_range; choose a wider one.");
            }
        }
    }

    /** @throws Refusal.Invalid when a teaching is not of the task's kind, input or range */
    static void requireFitting(Task task, List<Teaching> teachings) {
        for (int i = 0; i < teachings.size(); i++) {
            Teaching teaching = teachings.get(i);
            if (teaching.answer().kind() != task.kind()
                    || teaching.input().kind() != task.input()
                    || !inRange(task, teaching)) {
                throw new Refusal.Invalid("/examples/" + i, "does not fit the kind, input or score_range of the task");
            }
        }
    }

    /**
     * What was checked before the task was locked may have filled up in the meantime.
     *
     * @throws Refusal.TooLarge when the task would grow beyond its bounds
     */
    void requireRoom(Task task, Classroom classroom, List<Teaching> teachings) {
        long examples = classroom.size() + (long) teachings.size();
        if (examples > bounds.examples()) {
            throw new Refusal.TooLarge("examples", bounds.examples(), examples);
        }
        Set<String> labels = new TreeSet<>();
        task.labels().forEach(label -> labels.add(label.name()));
        double weight = 0;
        for (Teaching teaching : classroom.with(teachings)) {
            teaching.answer().addLabelsTo(labels);
            weight += teaching.weight();
        }
        if (labels.size() > bounds.labels()) {
            throw new Refusal.TooLarge("labels", bounds.labels(), labels.size());
        }
        if (weight > FixedPoint.LARGEST_TOTAL_WEIGHT) {
            throw new Refusal.Conflict("The weights of a task's examples may add up to "
                    + (long) FixedPoint.LARGEST_TOTAL_WEIGHT + "; teach with smaller weights.");
        }
    }

    private static boolean inRange(Task task, Teaching teaching) {
        ScoreRange range = task.scoreRange().orElse(null);
        return range == null || !(teaching.answer() instanceof Answer.Score score) || range.contains(score.score());
    }
}
