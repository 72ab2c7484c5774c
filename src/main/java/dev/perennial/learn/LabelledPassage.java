// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Passage;
import java.util.List;

/**
 * An example as an encoder reads it, and what was taught of it.
 *
 * @param readings of a text itself; of a pair the first, the second, and both read together
 * @param label number of its label, or of the band of its score, counted from 0
 * @param score in [0, 1]; 0 where nothing is scored
 */
public record LabelledPassage(List<Passage> readings, int label, double score) {
    public LabelledPassage {
        readings = List.copyOf(readings);
        if (label < 0) {
            throw new IllegalArgumentException("labels are counted from 0");
        }
    }

    /** A text that has a label. */
    public LabelledPassage(Passage passage, int label) {
        this(List.of(passage), label, 0);
    }

    /** The text, or both of a pair read together. */
    public Passage passage() {
        return readings.get(readings.size() - 1);
    }
}
