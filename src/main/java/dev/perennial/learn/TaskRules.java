// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.math.FixedPoint;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import java.util.Collection;
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
     * What repeats or replaces something takes no room, and what does not grow may stay beyond its bounds.
     *
     * @throws Refusal.TooLarge when the task would grow beyond its bounds
     */
    void requireRoom(Task task, Classroom classroom, List<Teaching> teachings) {
        Size before = Size.of(task, classroom.teachings());
        Size after = Size.of(task, classroom.after(teachings));
        requireRoom("examples", before.examples(), after.examples(), bounds.examples());
        requireRoom("labels", before.labels(), after.labels(), bounds.labels());
        if (!after.isExact() && (before.isExact() || after.weight() > before.weight())) {
            throw new Refusal.Conflict("The weights of a task's examples may add up to "
                    + (long) FixedPoint.LARGEST_TOTAL_WEIGHT + ", or to "
                    + (long) FixedPoint.LARGEST_TOTAL_OF_FINE_WEIGHTS
                    + " when one of them is not a multiple of " + FixedPoint.QUARTER
                    + "; teach with smaller or rounder weights.");
        }
    }

    private static void requireRoom(String what, long before, long after, long most) {
        if (after > Math.max(before, most)) {
            throw new Refusal.TooLarge(what, most, after);
        }
    }

    /** @param inQuarters whether each weight is a multiple of a quarter */
    private record Size(long examples, long labels, double weight, boolean inQuarters) {

        /** Whether sums over the examples do not depend on their order. */
        boolean isExact() {
            return weight <= (inQuarters ? FixedPoint.LARGEST_TOTAL_WEIGHT : FixedPoint.LARGEST_TOTAL_OF_FINE_WEIGHTS);
        }

        static Size of(Task task, Collection<Teaching> teachings) {
            Set<String> labels = new TreeSet<>();
            task.labels().forEach(label -> labels.add(label.name()));
            double weight = 0;
            boolean inQuarters = true;
            for (Teaching teaching : teachings) {
                teaching.answer().addLabelsTo(labels);
                double rounded = FixedPoint.roundWeight(teaching.weight());
                weight += rounded;
                inQuarters &= rounded % FixedPoint.QUARTER == 0;
            }
            return new Size(teachings.size(), labels.size(), weight, inQuarters);
        }
    }

    private static boolean inRange(Task task, Teaching teaching) {
        ScoreRange range = task.scoreRange().orElse(null);
        return range == null || !(teaching.answer() instanceof Answer.Score score) || range.contains(score.score());
    }
}
