// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a teacher says about an input: one label, a set of labels, or a score. */
public sealed interface Answer {

    /** The answer of a {@link Kind#CLASSIFICATION} example. */
    record OneLabel(String label) implements Answer {}

    /**
     * The answer of a {@link Kind#MULTILABEL} example.
     *
     * @param labels sorted, without duplicates; may be empty
     */
    record Labels(List<String> labels) implements Answer {
        public Labels {
            labels = List.copyOf(new TreeSet<>(labels));
        }
    }

    /** The answer of a {@link Kind#REGRESSION} example; finite. */
    record Score(double score) implements Answer {
        public Score {
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("a score is finite");
            }
            score = score == 0 ? 0 : score;
        }
    }

    /** Scores that are further apart than this share of the range are different ones. */
    double TOLERATED_SHARE = 0.1;

    /**
     * Whether who says the one and who says the other mean the same: the same label, the same labels, nearly the same
     * score.
     *
     * @param task whose answers they are
     */
    default boolean agrees(Answer other, Task task) {
        if (this instanceof Score one && other instanceof Score another) {
            double tolerated = TOLERATED_SHARE * task.scoreRange().orElseThrow().width();
            return Math.abs(one.score() - another.score()) <= tolerated;
        }
        return equals(other);
    }

    /** Adds the labels that it names to a set. */
    default void addLabelsTo(Set<String> labels) {
        if (this instanceof OneLabel one) {
            labels.add(one.label());
        } else if (this instanceof Labels many) {
            labels.addAll(many.labels());
        }
    }

    /** The kind of task this answer belongs to. */
    default Kind kind() {
        if (this instanceof OneLabel) {
            return Kind.CLASSIFICATION;
        }
        return this instanceof Labels ? Kind.MULTILABEL : Kind.REGRESSION;
    }
}
