// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/**
 * How long runs of encoders take, by the characters that they read: a mean that follows the latest runs, over all
 * encoders. Thread-safe.
 */
final class ServiceRate {
    private static final double SHARE_OF_THE_LATEST = 1.0 / 16;

    /** Nanoseconds that a thread takes for a character; not a number before the first run. Guarded by this. */
    private double nanosPerChar = Double.NaN;

    synchronized void ran(long chars, long nanos) {
        if (chars > 0) {
            double latest = nanos / (double) chars;
            nanosPerChar =
                    Double.isNaN(nanosPerChar) ? latest : nanosPerChar + SHARE_OF_THE_LATEST * (latest - nanosPerChar);
        }
    }

    /** How long so many characters take that threads share; 0 while nothing is known. */
    synchronized double nanos(long chars, int threads) {
        return Double.isNaN(nanosPerChar) ? 0 : chars * nanosPerChar / threads;
    }
}
