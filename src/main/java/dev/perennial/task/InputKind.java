// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

/** What a task is asked about. */
public enum InputKind {
    /** One text. */
    TEXT,
    /** Two texts in order: entailment, paraphrase, similarity. */
    PAIR
}
