// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A connection that is opened when it is needed, and again after it was dropped. Used by one thread at a time. */
final class LastingConnection {
    private static final System.Logger LOG = System.getLogger(LastingConnection.class.getName());

    /** Opens the connection. */
    interface Opening {
        Handle open() throws SQLException;

        /** Whether a connection still answers that nobody has asked for so long. */
        default boolean answers(Handle opened, long idleNanos) {
            return true;
        }
    }

    private final Opening opening;
    private volatile @Nullable Handle open;
    private long lastAsked;

    LastingConnection(Opening opening) {
        this.opening = opening;
    }

    Handle get() throws SQLException {
        long now = System.nanoTime();
        Handle present = open;
        if (present != null && !opening.answers(present, now - lastAsked)) {
            drop();
            present = null;
        }
        if (present == null) {
            present = opening.open();
            open = present;
        }
        lastAsked = now;
        return present;
    }

    /** Ends the connection from another thread than the one that uses it, which fails then. */
    void abort() {
        Handle present = open;
        if (present != null) {
            try {
                present.getConnection().abort(Runnable::run);
            } catch (SQLException broken) {
                LOG.log(System.Logger.Level.DEBUG, "A database connection has ended already");
            }
        }
    }

    /** Closes the connection whatever state it is in, which ends its transaction. */
    void drop() {
        Handle present = open;
        open = null;
        if (present != null) {
            try {
                // Handle.close() would first ask a broken connection for the state of its transaction.
                present.getConnection().close();
            } catch (SQLException broken) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "A database connection cannot be closed: {0}",
                        broken.getErrorCode());
            }
        }
    }
}
