// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.Map;

/**
 * How much worse a candidate may be: what a task has set, and defaults for the rest. Immutable.
 *
 * @param own what was set
 */
public record GateBounds(Map<GateBound, Double> own) {
    public static final GateBounds DEFAULT = new GateBounds(Map.of());

    public GateBounds {
        own = Map.copyOf(own);
        own.forEach((bound, value) -> {
            if (!(value >= bound.least() && value <= bound.most())) {
                throw new IllegalArgumentException(bound.key() + " is out of its range");
            }
        });
    }

    /** What holds. */
    public double of(GateBound bound) {
        return own.getOrDefault(bound, bound.usual());
    }
}
