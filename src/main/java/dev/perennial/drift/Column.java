// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import dev.perennial.math.PartDistances;
import dev.perennial.math.PermutationTest;
import java.util.Arrays;

/** What one detector keeps of observations, by slot. Owned by one thread. */
sealed interface Column {

    /** Keeps what the detector looks at, in a slot after the last one or in one that was used. */
    void put(int slot, Observation observation);

    /** How far two parts of the observations in these slots are apart. */
    PermutationTest.Distance distance(int[] slots);

    static Column of(Detector detector) {
        return detector == Detector.EMBEDDING ? new Sketches() : new Numbers(detector);
    }

    /** One number of each observation. */
    final class Numbers implements Column {
        private final Detector detector;
        private float[] numbers = {};

        private Numbers(Detector detector) {
            this.detector = detector;
        }

        @Override
        public void put(int slot, Observation observation) {
            if (slot == numbers.length) {
                numbers = Arrays.copyOf(numbers, Windows.grown(slot));
            }
            numbers[slot] = (float)
                    switch (detector) {
                        case LABELS -> observation.label();
                        case PROBABILITY, SCORE -> observation.number();
                        case SCOPE -> observation.scope().orElseThrow();
                        case EMBEDDING -> throw new IllegalStateException("an embedding is no number");
                    };
        }

        @Override
        public PermutationTest.Distance distance(int[] slots) {
            if (detector == Detector.LABELS) {
                return PartDistances.totalVariation(
                        Arrays.stream(slots).map(slot -> (int) numbers[slot]).toArray());
            }
            float[] seen = new float[slots.length];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = numbers[slots[i]];
            }
            return PartDistances.kolmogorovSmirnov(seen);
        }
    }

    /** The sketch of each observation. */
    final class Sketches implements Column {
        private byte[] sketches = {};

        @Override
        public void put(int slot, Observation observation) {
            if (slot * Sketch.DIMENSION == sketches.length) {
                sketches = Arrays.copyOf(sketches, Windows.grown(slot) * Sketch.DIMENSION);
            }
            System.arraycopy(observation.sketch(), 0, sketches, slot * Sketch.DIMENSION, Sketch.DIMENSION);
        }

        @Override
        public PermutationTest.Distance distance(int[] slots) {
            byte[] seen = new byte[slots.length * Sketch.DIMENSION];
            for (int i = 0; i < slots.length; i++) {
                System.arraycopy(sketches, slots[i] * Sketch.DIMENSION, seen, i * Sketch.DIMENSION, Sketch.DIMENSION);
            }
            return PartDistances.means(seen, Sketch.DIMENSION, Sketch.UNIT);
        }
    }
}
