// SPDX-License-Identifier: Apache-2.0
package dev.perennial.encode;

/**
 * How long runs of encoders take, by the characters that they read: the time of the latest runs over their characters,
 * over all encoders. A short run is slow for its characters and must not speak for long ones. Thread-safe.
 */
final class ServiceRate {
    private static final double SHARE_OF_THE_LATEST = 1.0 / 16;

    /** Means of a run, which follow the latest ones; 0 before the first. Guarded by this. */
    private double meanChars;

    private double meanNanos;

    synchronized void ran(long chars, long nanos) {
        if (chars > 0) {
            double share = meanChars > 0 ? SHARE_OF_THE_LATEST : 1;
            meanChars += share * (chars - meanChars);
            meanNanos += share * (nanos - meanNanos);
        }
    }

    /** How long so many characters take that threads share; 0 while nothing is known. */
    synchronized double nanos(long chars, int threads) {
        return meanChars > 0 ? chars * meanNanos / meanChars / threads : 0;
    }
}
