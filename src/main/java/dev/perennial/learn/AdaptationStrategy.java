// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import java.util.Arrays;
import java.util.Optional;

/** Which numbers of an encoder are adapted. */
public enum AdaptationStrategy {
    /** Biases, and the scales of normalisations. */
    BITFIT("bitfit"),
    /** Corrections of low rank of the matrices of attention. */
    LORA("lora"),
    /** The numbers on which the loss depends most, by their Fisher information. */
    FISHER("fisher"),
    /** All numbers of the last layers. */
    LAST_LAYERS("last-layers");

    private final String key;

    AdaptationStrategy(String key) {
        this.key = key;
    }

    /** The name by which clients and configuration know it. */
    public String key() {
        return key;
    }

    /** Whether what it has learnt can go on learning: it is small, and the same numbers whatever the examples are. */
    public boolean goesOn() {
        return this == BITFIT || this == LORA;
    }

    /** The strategy of a name; empty when it is none. */
    public static Optional<AdaptationStrategy> of(String key) {
        return Arrays.stream(values())
                .filter(strategy -> strategy.key.equals(key))
                .findFirst();
    }
}
