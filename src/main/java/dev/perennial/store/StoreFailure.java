// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
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

    /** For requests that come after the end. */
    static Refusal.StoreUnavailable closed() {
        return unavailable("The store is closed, because the service is stopping.");
    }

    private static Optional<String> adviceFor(SQLException error) {
        return error instanceof PSQLException ? adviceForPostgres(error) : adviceForSqlite(error);
    }

    /** By the class of the SQLSTATE, its first two characters, and where that says too little by the whole. */
    private static Optional<String> adviceForPostgres(SQLException error) {
        String state = Optional.ofNullable(error.getSQLState()).orElse("");
        String advice = switch (state) {
            case "53100" -> "The disk of PostgreSQL is full. Free some space there and send the request again.";
            case "53300" ->
                "PostgreSQL has no connection left. Raise its max_connections, or lower"
                        + " perennial.store.postgresql.connections, and send the request again.";
            case "25006" ->
                "PostgreSQL takes no writes: the server is a standby or set to read only. Let"
                        + " perennial.store.postgresql.url name the primary.";
            case "42501" -> "PostgreSQL's user may not do this. It has to own the schema, or have all rights on it.";
            case "3D000" -> "PostgreSQL has no such database. Create it, or correct perennial.store.postgresql.url.";
            case "55P03" ->
                "Another replica has been writing for too long. Send the request again; when that goes on,"
                        + " look for a replica that hangs.";
            case "57014" -> "PostgreSQL took too long. Send the request again.";
            case "40001", "40P01" -> "Two changes got in each other's way. Send the request again.";
            default -> null;
        };
        return Optional.ofNullable(advice).or(() -> adviceForClass(state));
    }

    private static Optional<String> adviceForClass(String state) {
        return Optional.ofNullable(
                switch (state.substring(0, Math.min(2, state.length()))) {
                    case "08", "57", "25" ->
                        "PostgreSQL cannot be reached, or ended the connection. Check the server and"
                                + " perennial.store.postgresql.url, then send the request again.";
                    case "28" ->
                        "PostgreSQL refuses the user or the password. Correct perennial.store.postgresql.user and"
                                + " .password.";
                    case "53", "58" -> "PostgreSQL lacks memory or disk, or its disk failed. Check the server.";
                    case "XX" -> "PostgreSQL reports damaged data. Check the server, and put back a backup.";
                    default -> null;
                });
    }

    private static Optional<String> adviceForSqlite(SQLException error) {
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
