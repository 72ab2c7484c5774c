// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that are learnt: their values and the derivative of the loss in them, in memory that the runtime reads and
 * writes in place. Confined to one thread.
 */
final class Parameter {
    private final String name;
    private final long[] shape;
    private final float[] initial;
    private final float rate;
    private final FloatBuffer values;
    private final FloatBuffer gradient;
    private int @Nullable [] mask;

    /**
     * @param initial values at the beginning, kept as what regularisation pulls towards
     * @param rate factor of the learning rate
     */
    Parameter(String name, long[] shape, float[] initial, float rate) {
        this.name = name;
        this.shape = shape.clone();
        this.initial = initial;
        this.rate = rate;
        this.values = TokenBatch.floats(initial.length);
        this.gradient = TokenBatch.floats(initial.length);
        values.put(0, initial);
    }

    String name() {
        return name;
    }

    long[] shape() {
        return shape.clone();
    }

    float[] initial() {
        return initial;
    }

    float rate() {
        return rate;
    }

    FloatBuffer values() {
        return values;
    }

    FloatBuffer gradient() {
        return gradient;
    }

    int size() {
        return initial.length;
    }

    /** Positions that may change, ascending; empty for all. */
    Optional<int[]> mask() {
        return Optional.ofNullable(mask);
    }

    void restrict(int[] positions) {
        mask = positions;
    }

    /** How many numbers may change. */
    int free() {
        return mask().map(positions -> positions.length).orElse(size());
    }

    float[] copy() {
        float[] copy = new float[size()];
        values.get(0, copy);
        return copy;
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
