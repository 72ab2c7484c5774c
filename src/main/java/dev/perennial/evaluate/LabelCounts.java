// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How many labels of each row were found, and how many were said or right in all.
 *
 * @param found labels that are right and were said
 * @param said labels that were said
 * @param right labels that are right
 */
@SuppressWarnings("ArrayRecordComponent")
record LabelCounts(int[] found, int[] said, int[] right) {

    /** The counts of answers of several labels. */
    static LabelCounts of(List<RowOutcome> outcomes) {
        int[] found = new int[outcomes.size()];
        int[] said = new int[found.length];
        int[] right = new int[found.length];
        for (int i = 0; i < found.length; i++) {
            List<String> truth = RowOutcome.labels(outcomes.get(i).truth());
            List<String> set = outcomes.get(i).prediction().labelSet();
            found[i] = (int) set.stream().filter(truth::contains).count();
            said[i] = set.size();
            right[i] = truth.size();
        }
        return new LabelCounts(found, said, right);
    }

    int rows() {
        return found.length;
    }

    /** Micro F1 over all rows. */
    double microF1() {
        return microF1(IntStream.range(0, rows()).toArray());
    }

    /** Micro F1 over the rows at these positions; 1 where nothing is right and nothing was said. */
    double microF1(int[] positions) {
        long both = 0;
        long either = 0;
        for (int i : positions) {
            both += 2L * found[i];
            either += said[i] + right[i];
        }
        return either == 0 ? 1 : (double) both / either;
    }
}
