// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import java.util.stream.IntStream;

/** Work on the rows of a matrix, cut into slabs of fixed height that run side by side on the fork-join pool. */
final class Slabs {
    /** Enough rows for the library to be at its best speed; fixed, so that bits do not depend on the threads. */
    private static final int HEIGHT = 256;

    private Slabs() {}

    /** Work on the rows {@code from} to {@code from + count - 1}. */
    interface Work {
        void run(int from, int count);
    }

    static void forEach(int rows, Work work) {
        forEach(rows, HEIGHT, work);
    }

    /** The same with slabs of another height. */
    static void forEach(int rows, int height, Work work) {
        IntStream.range(0, (rows + height - 1) / height).parallel().forEach(slab -> {
            int from = slab * height;
            work.run(from, Math.min(height, rows - from));
        });
    }
}
