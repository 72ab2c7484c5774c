// SPDX-License-Identifier: Apache-2.0
package dev.perennial.blas;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Work on the rows of a matrix, cut into slabs of fixed height that run side by side on the fork-join pool.
 *
 * <p>Whatever fails, nothing runs any longer when a method returns or throws: the native memory that the work reads is
 * freed then, and a parallel stream alone does not wait for the others when one fails.
 */
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
        sideBySide((rows + height - 1) / height, slab -> {
            int from = slab * height;
            work.run(from, Math.min(height, rows - from));
        });
    }

    /**
     * Pieces of work {@code 0} to {@code count - 1}; after a failure those that have not begun are left out. Each
     * thread takes the next piece when it is done with one, so that none has several left when the others are done.
     */
    static void sideBySide(int count, IntConsumer work) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        AtomicInteger next = new AtomicInteger();
        int threads = Math.min(count, parallelism());
        IntStream.range(0, threads).parallel().forEach(thread -> {
            try {
                for (int piece = next.getAndIncrement();
                        piece < count && failure.get() == null;
                        piece = next.getAndIncrement()) {
                    work.accept(piece);
                }
            } catch (RuntimeException | Error failed) {
                failure.compareAndSet(null, failed);
            }
        });
        Throwable failed = failure.get();
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Threads that a parallel stream of the calling thread runs on. */
    private static int parallelism() {
        ForkJoinPool pool = ForkJoinTask.getPool();
        return pool == null ? ForkJoinPool.getCommonPoolParallelism() + 1 : pool.getParallelism();
    }
}
