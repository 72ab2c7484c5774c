// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What a failed SQL statement means to a client.
 *
 * <p>Jdbi's own exceptions quote the statement's arguments, which are client text; they never leave this package.
 */
final class StoreFailure {
    private static final int RETRY_AFTER_SECONDS = 5;
    private static final int PRIMARY_CODE = 0xff;

    private StoreFailure() {}

    /** The SQL error at the root of {@code failure}, if there is one. */
    static Optional<SQLException> sqlErrorIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException error) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    /** A refusal when the surroundings are to blame, otherwise a bug; both free of client text. */
    static RuntimeException of(SQLException error) {
        return adviceFor(error)
                .<RuntimeException>map(StoreFailure::unavailable)
                .orElseGet(() -> new IllegalStateException("a statement of the store is wrong: " + error.getMessage()));
    }

    static Refusal.StoreUnavailable unavailable(String detail) {
        return new Refusal.StoreUnavailable(detail, RETRY_AFTER_SECONDS);
    }

    private static Optional<String> adviceFor(SQLException error) {
        int code = error instanceof SQLiteException lite ? lite.getResultCode().code : error.getErrorCode();
        return Optional.ofNullable(
                switch (SQLiteErrorCode.getErrorCode(code & PRIMARY_CODE)) {
                    case SQLITE_FULL ->
                        "The disk of the data directory is full. Free some space and send the request again.";
                    case SQLITE_IOERR ->
                        "The disk of the data directory failed or is full. Check the disk and its free space,"
                                + " then send the request again.";
                    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
                        "The data directory cannot be written. Make it and its"
                                + " files writable for the service's user, then send the request again.";
                    case SQLITE_CANTOPEN ->
                        "The database file cannot be opened. Check that the data directory exists and is"
                                + " writable for the service's user, then send the request again.";
                    case SQLITE_BUSY, SQLITE_LOCKED ->
                        "Another program holds the database file. Close it, then send the request" + " again.";
                    case SQLITE_NOMEM -> "There is not enough memory for the database. Send the request again.";
                    case SQLITE_CORRUPT, SQLITE_NOTADB ->
                        "The database file is damaged. Stop the service, put back a backup of"
                                + " the data directory, and start again.";
                    default -> null;
                });
    }
}
