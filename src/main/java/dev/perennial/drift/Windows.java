// SPDX-License-Identifier: Apache-2.0
package dev.perennial.drift;

/**
 * Which of a number of observations are the reference and which are recent, and the slots that they lie in. Both grow
 * until they are full: a reference of the first ones, and recent ones that are at most half as many. Whatever lies
 * between is not kept.
 *
 * @param observed how many observations there were
 * @param mostReference beyond which the reference does not grow
 */
record Windows(long observed, int mostReference) {
    static final int MOST_REFERENCE = 1024;
    static final int MOST_RECENT = 512;

    private static final int FIRST_LOOK = 96;
    private static final int BETWEEN_LOOKS = 32;
    private static final int MOST = MOST_REFERENCE + MOST_RECENT;

    /** Where an observation lies, by its number from 0. */
    static int slot(long number) {
        return number < MOST_REFERENCE
                ? (int) number
                : MOST_REFERENCE + (int) ((number - MOST_REFERENCE) % MOST_RECENT);
    }

    /** How many slots to make room for when so many are taken. */
    static int grown(int taken) {
        return Math.min(MOST, Math.max(64, 2 * taken));
    }

    /** Whether it is time to compare. */
    boolean isLook() {
        return observed >= FIRST_LOOK && observed % BETWEEN_LOOKS == 0;
    }

    int recent() {
        return (int) Math.min(MOST_RECENT, observed / 3);
    }

    int reference() {
        return (int) Math.min(mostReference, observed - recent());
    }

    /** The slots of the recent observations, and then those of the reference. */
    int[] slots() {
        int recent = recent();
        int[] slots = new int[recent + reference()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = slot(i < recent ? observed - recent + i : i - recent);
        }
        return slots;
    }
}
