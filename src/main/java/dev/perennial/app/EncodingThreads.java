// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

/**
 * How the threads that encode are divided. On one core, both profiles are the same.
 *
 * @param runs runs of encoders at once
 * @param perRun threads that share one run
 */
record EncodingThreads(int runs, int perRun) {

    static EncodingThreads of(PerennialConfig.Encoding encoding) {
        int configured = encoding.threads();
        int all = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
        return switch (encoding.profile()) {
            case THROUGHPUT -> new EncodingThreads(all, 1);
            case LATENCY -> new EncodingThreads(1, all);
        };
    }
}
