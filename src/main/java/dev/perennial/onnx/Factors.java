// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The corrections of one encoder, by the names of the matrices. Their numbers lie outside the heap, where they take no
 * more room than they need, until nobody refers to them. Compared by identity: each encoder has one. Thread-safe.
 */
final class Factors {
    /** Those of an encoder that needs none. */
    static final Factors NONE = new Factors(Map.of());

    private final Map<String, Pair> byMatrix;
    private final Map<String, Integer> ranks;
    private final int numbers;

    /**
     * Two factors.
     *
     * @param first of inputs times rank numbers, never moved
     * @param second of rank times outputs numbers, never moved
     */
    record Pair(int inputs, int rank, int outputs, FloatBuffer first, FloatBuffer second) {}

    private Factors(Map<String, Pair> byMatrix) {
        Map<String, Integer> rankByMatrix = new LinkedHashMap<>();
        byMatrix.forEach((matrix, pair) -> rankByMatrix.put(matrix, pair.rank()));
        this.byMatrix = Map.copyOf(byMatrix);
        this.ranks = Map.copyOf(rankByMatrix);
        this.numbers = byMatrix.values().stream()
                .mapToInt(pair -> pair.first().capacity() + pair.second().capacity())
                .sum();
    }

    static Factors of(Collection<Correction> corrections) {
        FloatBuffer all = DirectBuffers.floats(
                corrections.stream().mapToInt(Correction::numbers).sum());
        Map<String, Pair> byMatrix = new LinkedHashMap<>();
        for (Correction each : corrections) {
            FloatBuffer first = next(all, each.first());
            FloatBuffer second = next(all, each.second());
            byMatrix.put(each.matrix(), new Pair(each.inputs(), each.rank(), each.outputs(), first, second));
        }
        return new Factors(byMatrix);
    }

    private static FloatBuffer next(FloatBuffer all, float[] numbers) {
        FloatBuffer slice = all.slice(all.position(), numbers.length);
        all.put(numbers);
        return slice.asReadOnlyBuffer();
    }

    Map<String, Pair> byMatrix() {
        return byMatrix;
    }

    /** Ranks by matrix. Texts whose factors have the same ranks can be computed together, and no others. */
    Map<String, Integer> ranks() {
        return ranks;
    }

    boolean isNone() {
        return byMatrix.isEmpty();
    }

    /** How many numbers they have. */
    int numbers() {
        return numbers;
    }
}
