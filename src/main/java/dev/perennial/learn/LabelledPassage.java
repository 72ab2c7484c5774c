// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import dev.perennial.encode.Passage;

/**
 * A passage and the number of its label.
 *
 * @param label counted from 0
 */
public record LabelledPassage(Passage passage, int label) {
    public LabelledPassage {
        if (label < 0) {
            throw new IllegalArgumentException("labels are counted from 0");
        }
    }
}
