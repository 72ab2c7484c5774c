// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import java.util.function.Function;

/**
 * The same of both sides of a comparison.
 *
 * @param serving of what serves
 * @param candidate of what may come to serve
 */
public record Paired<T>(T serving, T candidate) {

    /** Something else of both. */
    public <U> Paired<U> map(Function<? super T, ? extends U> what) {
        return new Paired<>(what.apply(serving), what.apply(candidate));
    }
}
