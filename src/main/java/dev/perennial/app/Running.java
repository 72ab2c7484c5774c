// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.access.Keyring;
import dev.perennial.api.Serving;
import dev.perennial.blas.NativeMemory;
import dev.perennial.encode.EncoderPool;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import java.util.ArrayList;
import java.util.List;

/**
 * A service that has started, and what it holds.
 *
 * @param serving what serves requests
 * @param keyring whom it lets in
 * @param pool runs the encoders
 * @param database the open database
 * @param directory the data directory, taken
 * @param memory gives back what native libraries do not use
 */
record Running(
        Serving serving,
        Keyring keyring,
        EncoderPool pool,
        Database database,
        DataDirectory directory,
        NativeMemory memory)
        implements AutoCloseable {

    /** Gives everything back, users before what they use; what fails does not keep the rest from being given back. */
    @Override
    public void close() {
        List<Runnable> steps = new ArrayList<>(List.of(
                memory::close,
                serving.predictor()::stopAudit,
                serving.drift()::close,
                serving.rounds()::close,
                serving.jobs()::close,
                serving.evaluations()::close,
                serving.graphs()::close,
                serving.teacher()::close,
                serving.library()::close,
                serving.exchange().keeper()::close,
                serving.hindsight().log()::close,
                pool::close));
        serving.encoders().ready().forEach(encoder -> steps.add(encoder::close));
        steps.add(database::close);
        steps.add(directory::close);
        RuntimeException failure = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException failed) {
                failure = failure == null ? failed : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
