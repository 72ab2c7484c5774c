// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

/**
 * Questions of one step, and the objects that each of them is compared with. Subjects and answers are positions among
 * the objects. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent")
record Batch(
        int[] objects, int named, float weightOfDrawn, int[] subjects, int[] relations, int[] starts, int[] answers) {

    /** Number of questions. */
    int questions() {
        return subjects.length;
    }

    /** Number of triples: every answer makes one. */
    int triples() {
        return answers.length;
    }

    int answersOf(int question) {
        return starts[question + 1] - starts[question];
    }
}
