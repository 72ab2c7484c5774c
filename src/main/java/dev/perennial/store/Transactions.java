// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Runs work in a transaction of a connection, and says what the failures of both mean. */
final class Transactions {
    private Transactions() {}

    /**
     * Runs {@code work} and commits. What the work throws comes out unchanged after a rollback, unless an SQL error is
     * at its root.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when the database cannot do it now
     */
    static <T> T run(LastingConnection connection, Function<Handle, T> work) {
        Handle handle = open(connection);
        try {
            handle.begin();
            T result = work.apply(handle);
            handle.commit();
            return result;
        } catch (RuntimeException | Error e) {
            rollBack(connection, handle);
            Optional<SQLException> error = StoreFailure.sqlErrorIn(e);
            if (error.isPresent()) {
                throw StoreFailure.of(error.get());
            }
            throw e;
        }
    }

    /** The handle of {@code connection}, opened when it is not. */
    static Handle open(LastingConnection connection) {
        try {
            return connection.get();
        } catch (SQLException e) {
            throw StoreFailure.of(e);
        }
    }

    /**
     * A database may have ended the transaction by itself; then there is nothing left to roll back. A connection that
     * may still be inside a transaction serves nobody else.
     */
    private static void rollBack(LastingConnection connection, Handle handle) {
        try {
            handle.rollback();
        } catch (RuntimeException e) {
            connection.drop();
        }
    }
}
