// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import java.util.Arrays;
import java.util.Optional;

/**
 * Numbers of a tensor as a {@link TensorFile} keeps them.
 *
 * @param name of the tensor
 * @param shape lengths of its axes
 * @param positions which numbers are kept, ascending; empty for all
 * @param values the numbers, not copied
 */
@SuppressWarnings("ArrayRecordComponent")
record StoredTensor(String name, long[] shape, Optional<int[]> positions, float[] values) {

    /** What a parameter is now. */
    static StoredTensor of(Parameter parameter) {
        return new StoredTensor(parameter.name(), parameter.shape(), Optional.empty(), parameter.copy())
                .at(parameter.mask());
    }

    /** The same of some positions of a whole tensor. */
    StoredTensor at(Optional<int[]> kept) {
        return kept.map(positions -> {
                    float[] some = new float[positions.length];
                    for (int i = 0; i < some.length; i++) {
                        some[i] = values[positions[i]];
                    }
                    return new StoredTensor(name, shape, kept, some);
                })
                .orElse(this);
    }

    /** Writes the numbers over those of a whole tensor. */
    void putInto(float[] whole) {
        if (positions.isPresent()) {
            for (int i = 0; i < values.length; i++) {
                whole[positions.get()[i]] = values[i];
            }
        } else {
            System.arraycopy(values, 0, whole, 0, whole.length);
        }
    }

    /** Whether it has the shape of a parameter, and of its numbers those that may change. */
    boolean isOf(Parameter parameter) {
        return hasShape(parameter.shape())
                && positions.isPresent() == parameter.mask().isPresent()
                && Arrays.equals(positions.orElse(new int[0]), parameter.mask().orElse(new int[0]));
    }

    boolean hasShape(long[] other) {
        return Arrays.equals(shape, other);
    }
}
