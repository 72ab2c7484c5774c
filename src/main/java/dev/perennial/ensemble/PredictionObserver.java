// SPDX-License-Identifier: Apache-2.0
package dev.perennial.ensemble;

/** Port: told how long each request for predictions took. Implementations are thread-safe and quick. */
@FunctionalInterface
public interface PredictionObserver {
    /** Ignores everything. */
    PredictionObserver NONE = (embedNanos, combineNanos) -> {};

    /**
     * A request was answered.
     *
     * @param embedNanos tokenizing and embedding, waiting included
     * @param combineNanos heads, combination and explanation
     */
    void answered(long embedNanos, long combineNanos);
}
