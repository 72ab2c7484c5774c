// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import dev.perennial.task.Answer;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers as numbers: one per label, or one score in [0, 1]. Immutable. */
public final class Targets {
    private final Task task;
    private final Map<String, Integer> indexByLabel = new HashMap<>();
    private final int size;

    /** @param labels names of the outputs, in order; empty for regression */
    public Targets(Task task, List<String> labels) {
        this.task = task;
        for (int c = 0; c < labels.size(); c++) {
            indexByLabel.put(labels.get(c), c);
        }
        this.size = task.scoreRange().isPresent() ? 1 : labels.size();
    }

    /** Number of outputs. */
    public int size() {
        return size;
    }

    /** The answer as outputs. */
    public double[] of(Answer answer) {
        double[] target = new double[size];
        if (answer instanceof Answer.OneLabel one) {
            target[indexOf(one.label())] = 1;
        } else if (answer instanceof Answer.Labels many) {
            many.labels().forEach(label -> target[indexOf(label)] = 1);
        } else if (answer instanceof Answer.Score score) {
            ScoreRange range = task.scoreRange().orElseThrow();
            target[0] = (range.clamp(score.score()) - range.min()) / range.width();
        }
        return target;
    }

    /** Position of a label among the outputs. */
    public int indexOf(String label) {
        Integer index = indexByLabel.get(label);
        if (index == null) {
            throw new IllegalStateException("a taught label is not among the outputs");
        }
        return index;
    }
}
