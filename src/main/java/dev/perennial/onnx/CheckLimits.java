// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.time.Duration;

/**
 * What checking a stranger's model may cost.
 *
 * @param maxModelBytes largest accepted model file; at most 2 GiB, which is as far as the format reaches
 * @param timeout for the whole dry run
 * @param heapMegabytes Java heap of the dry run
 */
public record CheckLimits(long maxModelBytes, Duration timeout, int heapMegabytes) {

    /** Models of at most 2 GiB, two minutes, 768 MB of heap. */
    public static CheckLimits defaults() {
        return new CheckLimits(Integer.MAX_VALUE, Duration.ofMinutes(2), 768);
    }
}
