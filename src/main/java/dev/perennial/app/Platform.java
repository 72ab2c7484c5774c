// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.blas.NativeMemory;
import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import java.util.List;

/**
 * What a process has once, whatever it serves by it.
 *
 * @param directory the data directory, taken
 * @param database the open database
 * @param opened the encoders of the release, and what adds to them
 * @param pool runs encoders
 * @param algebra learns
 * @param memory gives back what native libraries do not use
 */
record Platform(
        DataDirectory directory,
        Database database,
        EncoderSource.Opened opened,
        EncoderPool pool,
        OpenBlas algebra,
        NativeMemory memory) {

    /** The encoders of the release, to which others are added. */
    Encoders encoders() {
        return new Encoders(pool, opened.encoders());
    }

    /** Whether an encoder is of the release. */
    boolean has(Encoder encoder) {
        return opened.encoders().contains(encoder);
    }

    /** Gives it back because of a failure, which is what is told; the data directory is its taker's to give back. */
    void closeAfter(RuntimeException failure) {
        for (Runnable step : closing().subList(0, closing().size() - 1)) {
            try {
                step.run();
            } catch (RuntimeException again) {
                failure.addSuppressed(again);
            }
        }
    }

    /** What gives it back, users before what they use. */
    List<Runnable> closing() {
        return List.of(
                memory::close,
                pool::close,
                () -> opened.encoders().forEach(Encoder::close),
                database::close,
                directory::close);
    }
}
