// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.api.Serving;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.SqliteDatabase;

/**
 * A service that has started, and what it holds.
 *
 * @param serving what serves requests
 * @param pool runs the encoders
 * @param database the open database
 * @param directory the data directory, taken
 */
record Running(Serving serving, EncoderPool pool, SqliteDatabase database, DataDirectory directory)
        implements AutoCloseable {

    /** Gives everything back, users before what they use. */
    @Override
    public void close() {
        serving.jobs().close();
        serving.teacher().close();
        pool.close();
        serving.encoders().ready().forEach(Encoder::close);
        database.close();
        directory.close();
    }
}
