// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;

/**
 * How many answers may be observed: so many a second, and what was left of the seconds before up to a bound. When there
 * are more, those are observed that a random choice takes, and not those that come first. Thread-safe.
 */
final class Allowance {
    private static final double SECONDS_SAVED = 4;
    private static final double MILLIS = 1000;

    private final int perSecond;
    private final InstantSource clock;
    private final Random random;
    private double left;
    private long filled;

    /** @param seed of the choice */
    Allowance(int perSecond, InstantSource clock, long seed) {
        this.perSecond = perSecond;
        this.clock = clock;
        this.random = new Random(seed);
        this.left = SECONDS_SAVED * perSecond;
        this.filled = clock.millis();
    }

    /** What may wait at once. */
    int most() {
        return (int) Math.min(Integer.MAX_VALUE, SECONDS_SAVED * perSecond);
    }

    /**
     * Which of some answers are observed, in their order.
     *
     * @param answers how many there are
     * @param room for how many there is a place
     */
    synchronized int[] take(int answers, int room) {
        long now = clock.millis();
        left = Math.min(most(), left + Math.max(0, now - filled) / MILLIS * perSecond);
        filled = now;
        int taken = Math.max(0, Math.min(answers, Math.min(room, (int) left)));
        left -= taken;
        int[] order = new int[answers];
        Arrays.setAll(order, i -> i);
        for (int i = 0; i < taken && taken < answers; i++) {
            int j = i + random.nextInt(answers - i);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
        int[] chosen = Arrays.copyOf(order, taken);
        Arrays.sort(chosen);
        return chosen;
    }
}
