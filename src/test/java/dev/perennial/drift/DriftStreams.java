// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;

/** Streams of made-up answers, by seed, and what detectors say of them. */
final class DriftStreams {
    private static final int LABELS = 20;

    private DriftStreams() {}

    /** Seeds from 1; {@code -Dperennial.seed=} is the only one when it is given. */
    @SuppressWarnings("SystemOut")
    static long[] seeds(int count) {
        Long only = Long.getLong("perennial.seed");
        long[] seeds = only == null ? LongStream.rangeClosed(1, count).toArray() : new long[] {only};
        System.out.println("seeds " + Arrays.toString(seeds));
        return seeds;
    }

    /**
     * How many answers a stream had given when a detector first raised an alarm; -1 when none did.
     *
     * @param length of the stream
     * @param shiftAt from where on half of the labels are asked about three times as often as the others
     */
    static int firstAlarm(List<Detector> detectors, long seed, int length, int shiftAt) {
        Random random = new Random(seed);
        List<Track> tracks = detectors.stream()
                .map(detector -> new Track(detector, Instant.EPOCH))
                .toList();
        for (int i = 0; i < length; i++) {
            Observation observation = observation(random, i >= shiftAt);
            for (Track track : tracks) {
                track.add(observation, Instant.EPOCH.plusSeconds(i));
                if (track.line().alarmSince().isPresent()) {
                    return i + 1;
                }
            }
        }
        return -1;
    }

    /** Each label is about another part of the space, and of some labels less is sure. */
    static Observation observation(Random random, boolean shifted) {
        int label = random.nextInt(LABELS);
        if (shifted && label % 2 == 0 && random.nextInt(3) < 2) {
            label++;
        }
        byte[] sketch = new byte[Sketch.DIMENSION];
        for (int k = 0; k < sketch.length; k++) {
            sketch[k] = (byte) Math.round(Math.max(-128, Math.min(127, 20 * random.nextGaussian())));
        }
        sketch[label % Sketch.DIMENSION] += 20;
        double probability = Math.min(1, 0.5 + 0.02 * label + 0.1 * random.nextDouble());
        return new Observation(label, probability, sketch, OptionalDouble.of(random.nextDouble() + 0.02 * label));
    }
}
