// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

import java.util.List;

/**
 * How the stages of a cascade answer held-out examples beside how the full ensemble does: the evidence from which a
 * {@link Cascade} is chosen. Immutable.
 *
 * @param stages all stages but the full ensemble, cheapest first; none where stages cannot stand in for it
 * @param probability of each example, that of the full ensemble's most probable label
 */
@SuppressWarnings("ArrayRecordComponent")
public record Agreement(List<ByExample> stages, double[] probability) {
    /** Without evidence nothing stops early. */
    public static final Agreement NONE = new Agreement(List.of(), new double[0]);

    /**
     * One stage, by example.
     *
     * @param margin how sure it is (see {@link Cascade#margin})
     * @param probability that of its most probable label
     * @param same whether it says what the full ensemble says
     */
    public record ByExample(double[] margin, double[] probability, boolean[] same) {}

    public Agreement {
        stages = List.copyOf(stages);
    }

    /** Number of examples. */
    int examples() {
        return probability.length;
    }
}
