// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import java.util.stream.IntStream;

/**
 * Work on rows, cut into slabs of fixed height that run side by side on the caller's fork-join pool. The cut does not
 * depend on the threads, and so neither do the bits of what comes out.
 */
final class SideBySide {
    private SideBySide() {}

    /** Work on the rows {@code from} to {@code from + count - 1}. */
    interface Work {
        void run(int from, int count);
    }

    static void forEach(int rows, int height, Work work) {
        IntStream.range(0, (rows + height - 1) / height).parallel().forEach(slab -> {
            int from = slab * height;
            work.run(from, Math.min(height, rows - from));
        });
    }
}
