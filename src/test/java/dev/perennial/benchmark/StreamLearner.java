// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.List;
import java.util.function.IntFunction;

/** A method that learns a stream step by step, to compare with. For one thread. */
interface StreamLearner {
    /**
     * Learns the rows of one step.
     *
     * @param choices by the number of a task, the labels that its questions are answered over now
     */
    void learn(List<StreamRow> rows, IntFunction<Choices> choices);

    /** The numbers of the labels that are answered, by question. */
    int[] answers(List<StreamRow> questions, Choices choices);
}
