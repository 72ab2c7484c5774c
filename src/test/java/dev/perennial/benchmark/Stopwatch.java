// SPDX-License-Identifier: Apache-2.0
package dev.perennial.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Times of repeated work, in milliseconds. Not thread-safe. */
final class Stopwatch {
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<Double> millis = new ArrayList<>();

    /** Work that is timed. */
    interface Work {
        void run() throws Exception;
    }

    void time(Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        millis.add((System.nanoTime() - began) / NANOS_PER_MILLI);
    }

    /** The smallest time that at least this share of all times does not exceed. */
    double quantile(double share) {
        List<Double> sorted = millis.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    double median() {
        return quantile(0.5);
    }
}
