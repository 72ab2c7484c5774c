// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;

/**
 * Tells of changes of a PostgreSQL database when the server does, and every second in case it does not. Safe for
 * concurrent use.
 */
public final class PostgresFeed implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PostgresFeed.class.getName());
    private static final String CHANNEL = "perennial_changes";
    private static final int LONGEST_SILENCE_MILLIS = 1_000;
    private static final long CLOSING_SECONDS = 5;

    /** Has the server tell when the transaction of this is committed. */
    static final String TELL = "SELECT pg_notify('" + CHANNEL + "', current_schema())";

    private final LastingConnection connection;
    private final Runnable changed;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "store-feed");
    private boolean listening;

    PostgresFeed(PostgresConnections connections, Runnable changed) {
        LastingConnection.Opening readers = connections.readers();
        this.connection = new LastingConnection(() -> {
            listening = false;
            return readers.open();
        });
        this.changed = changed;
        thread.setDaemon(true);
    }

    void begin() {
        thread.start();
    }

    private void run() {
        while (ended.getCount() > 0) {
            try {
                changed.run();
            } catch (RuntimeException | Error failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Changes of the store cannot be followed now, and are tried again: {0}",
                        failure.getClass().getName());
            }
            await();
        }
        connection.drop();
    }

    private void await() {
        try {
            Handle handle = connection.get();
            if (!listening) {
                handle.execute("LISTEN " + CHANNEL);
                listening = true;
                // What changed before this was listened for is looked for at once.
                return;
            }
            Object unused = handle.getConnection().unwrap(PGConnection.class).getNotifications(LONGEST_SILENCE_MILLIS);
        } catch (SQLException | RuntimeException unreachable) {
            connection.drop();
            pause();
        }
    }

    private void pause() {
        try {
            boolean unused = ended.await(LONGEST_SILENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells nothing more, once what it is telling is heard. */
    @Override
    public void close() {
        ended.countDown();
        connection.abort();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
