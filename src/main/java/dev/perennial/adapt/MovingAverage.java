// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The average of the values that some tensors take during a training, by a rule that decides anew at every step and for
 * every tensor how much of it is retained (Large Continual Instruction Assistant, arXiv 2410.10868). Owned by one
 * thread.
 */
public final class MovingAverage {
    private final Map<String, Course> courses = new HashMap<>();
    private final List<Retention> retentions = new ArrayList<>();

    /**
     * How much of the average of a tensor was retained at a step.
     *
     * @param step from 1
     */
    public record Retention(String tensor, int step, double share) {}

    /** A tensor's values, its average and its gradient, as of the last step, and the rule by which it is averaged. */
    private static final class Course {
        private final List<Double> unscaled = new ArrayList<>();
        private MergeRule.EachStep rule;
        private float[] values;
        private float[] average;
        private float[] gradient = {};
        private int steps;

        Course(MergeRule.EachStep rule, float[] values) {
            this.rule = rule;
            this.values = values;
            this.average = values;
        }
    }

    /** @param before values of each tensor before the training */
    public MovingAverage(MergeRule.EachStep rule, Map<String, float[]> before) {
        before.forEach((tensor, values) -> courses.put(tensor, new Course(rule, values.clone())));
    }

    /**
     * A step of the training was made.
     *
     * @param values of the tensor after it
     * @param gradient by which it was made
     */
    public void step(String tensor, float[] values, float[] gradient) {
        Course course = course(tensor);
        if (values.length != course.values.length || gradient.length != course.values.length) {
            throw new IllegalArgumentException("a tensor of another size");
        }
        course.steps++;
        if (course.steps == 1 && course.rule.beginsAfterFirstStep()) {
            course.average = values.clone();
        } else if (course.steps > 1) {
            average(tensor, course, values, gradient);
        }
        course.values = values.clone();
        course.gradient = gradient.clone();
    }

    /** A change of the gradient is known from the second step on. */
    private void average(String tensor, Course course, float[] values, float[] gradient) {
        TensorStep step = new TensorStep(
                TensorStep.distance(course.average, values),
                TensorStep.distance(course.values, values),
                TensorStep.size(gradient),
                TensorStep.distance(course.gradient, gradient));
        double share = course.rule.retention(step);
        course.average = merged(share, course.average, values);
        retentions.add(new Retention(tensor, course.steps, share));
        if (course.rule instanceof MergeRule.LciaSearched searched) {
            look(course, searched, step);
        }
    }

    private static void look(Course course, MergeRule.LciaSearched searched, TensorStep step) {
        course.unscaled.add(MergeRule.LciaCode.unscaled(step));
        if (course.unscaled.size() == searched.steps()) {
            course.rule = searched.found(
                    course.unscaled.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /** The average of a tensor as it is now. */
    public float[] average(String tensor) {
        return course(tensor).average.clone();
    }

    /** Every decision so far, in the order in which they were taken. */
    public List<Retention> retentions() {
        return List.copyOf(retentions);
    }

    private Course course(String tensor) {
        Course course = courses.get(tensor);
        if (course == null) {
            throw new IllegalArgumentException("a tensor that was not there before the training");
        }
        return course;
    }

    /** {@code retention * old + (1 - retention) * now}. */
    public static float[] merged(double retention, float[] old, float[] now) {
        float[] merged = new float[old.length];
        for (int i = 0; i < merged.length; i++) {
            merged[i] = (float) (retention * old[i] + (1 - retention) * now[i]);
        }
        return merged;
    }
}
