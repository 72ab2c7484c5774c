// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/** What an answer of a task is. */
public enum Kind {
    /** Exactly one label. */
    CLASSIFICATION,
    /** Any subset of the labels, the empty one included. */
    MULTILABEL,
    /** A number within the task's {@link ScoreRange}. */
    REGRESSION
}
