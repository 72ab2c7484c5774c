// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the leading components of vectors, and scales them to unit length again.
 *
 * @param dimension how many are kept
 */
public record Shortening(int dimension) {

    /**
     * The one that a request asks for.
     *
     * @param asked its member {@code dimensions}; all are kept without it
     * @param most components that the vectors have
     * @throws Refusal.Invalid when they have not so many
     */
    public static Shortening of(@Nullable Integer asked, int most) {
        if (asked == null) {
            return new Shortening(most);
        }
        if (asked < 1 || asked > most) {
            throw new Refusal.Invalid("/dimensions", "must be from 1 to " + most + " for this model");
        }
        return new Shortening(asked);
    }

    public float[] of(float[] vector) {
        if (dimension == vector.length) {
            return vector;
        }
        float[] kept = Arrays.copyOf(vector, dimension);
        double squares = 0;
        for (float component : kept) {
            squares += (double) component * component;
        }
        double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
        for (int k = 0; k < dimension; k++) {
            kept[k] = (float) (kept[k] * scale);
        }
        return kept;
    }
}
