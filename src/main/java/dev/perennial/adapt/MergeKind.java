// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import java.util.Arrays;
import java.util.Optional;

/** By which rule an adapter that goes on learning is merged with what it was. */
public enum MergeKind {
    /** Where the losses of old and new examples together are least. */
    LINE_MERGE("line-merge"),
    /** A moving average as the program of Large Continual Instruction Assistant has it, fitted to small tensors. */
    LCIA_CODE("lcia-code"),
    /** A moving average as its paper has it. */
    LCIA_PAPER("lcia-paper"),
    /** Nothing of the old is retained. */
    NONE("none");

    /** So many steps show how fast a tensor moves. */
    private static final int STEPS_OF_SEARCH = 10;

    private static final double FALLBACK_OF_PAPER = 0.99;

    private final String key;

    MergeKind(String key) {
        this.key = key;
    }

    /** The name by which clients know it. */
    public String key() {
        return key;
    }

    /** The kind of a name; empty when it is none. */
    public static Optional<MergeKind> of(String key) {
        return Arrays.stream(values()).filter(kind -> kind.key.equals(key)).findFirst();
    }

    /** How it decides. */
    public MergeRule rule() {
        return switch (this) {
            case LINE_MERGE -> new MergeRule.LineMerge();
            case LCIA_CODE -> new MergeRule.LciaSearched(STEPS_OF_SEARCH, FactorSearch.USUAL_SHARE);
            case LCIA_PAPER -> new MergeRule.LciaPaper(FALLBACK_OF_PAPER);
            case NONE -> new MergeRule.Replace();
        };
    }
}
