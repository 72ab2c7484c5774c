// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.Arrays;
import java.util.Optional;

/** What an encoder is to achieve in a training. */
public enum AdaptationObjective {
    /** Texts of a label are closer to each other than to others. */
    CONTRAST("contrast"),
    /** A linear head tells the labels apart by what the heads of a task see. */
    CLASSIFICATION("classification"),
    /** The cosine of the texts of a pair is their score. */
    SIMILARITY("similarity"),
    /** Two views of a text are closer to each other than to those of other texts, whatever their labels are. */
    SELF_CONTRAST("self-contrast");

    private final String key;

    AdaptationObjective(String key) {
        this.key = key;
    }

    /** The name by which clients know it. */
    public String key() {
        return key;
    }

    /** The objective of a name; empty when it is none. */
    public static Optional<AdaptationObjective> of(String key) {
        return Arrays.stream(values())
                .filter(objective -> objective.key.equals(key))
                .findFirst();
    }
}
