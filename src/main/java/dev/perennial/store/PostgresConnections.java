// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to one PostgreSQL database with the settings that the store's promises rest on: a commit is on the disk
 * when it returns, nothing waits for ever, and a process that stops in the midst of a change does not stop the others.
 */
final class PostgresConnections {
    private static final int CONNECT_SECONDS = 5;
    private static final long MOST_SECONDS = 86_400;

    /** Longer than the server's own limit on a statement, which then is what ends it; 0: none. */
    private record Patience(int statementSeconds, int socketSeconds) {
        static final Patience OF_LEASES = new Patience(8, 10);
        static final Patience OF_ADDITIONS = new Patience(15, 20);
        /** What removes a large task takes minutes; where the server does not answer, the lease ends the connection. */
        static final Patience OF_WRITERS = new Patience(0, 0);

        /** For what removes a tenant, which nobody ends otherwise. */
        static final Patience OF_REMOVALS = new Patience(0, 600);

        /** A third more than the statement may take, for a server that does not answer at all. */
        static Patience ofReaders(Duration patience) {
            int seconds = Math.toIntExact(Math.min(patience.toSeconds(), MOST_SECONDS));
            return new Patience(seconds, seconds + (seconds + 2) / 3);
        }
    }

    private static final int ROWS_AT_ONCE = 500;
    private static final int CHECK_SECONDS = 5;
    private static final long CHECKED_AFTER_NANOS = 500_000_000L;

    private static final List<String> SETTINGS = List.of(
            "SET synchronous_commit = on",
            "SET lock_timeout = '10s'",
            "SET idle_in_transaction_session_timeout = '15s'",
            // The server notices within half a minute that a host is gone, and lets go of what it held.
            "SET tcp_keepalives_idle = 15",
            "SET tcp_keepalives_interval = 5",
            "SET tcp_keepalives_count = 3",
            "SET client_min_messages = warning");

    private final PostgresSettings settings;

    PostgresConnections(PostgresSettings settings) {
        this.settings = settings;
    }

    /** A source for the migration, whose statements may take their time, but not all there is. */
    PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(settings.url());
        } catch (IllegalArgumentException misunderstood) {
            // Its message repeats the address.
            throw StoreFailure.unavailable("perennial.store.postgresql.url is no JDBC address of PostgreSQL, such as"
                    + " jdbc:postgresql://host:5432/database.");
        }
        settings.user().ifPresent(source::setUser);
        settings.password().ifPresent(source::setPassword);
        source.setApplicationName("perennial");
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(CONNECT_SECONDS);
        source.setTcpKeepAlive(true);
        source.setSocketTimeout(Patience.OF_REMOVALS.socketSeconds());
        // What an error quotes of a row is client text.
        source.setLogServerErrorDetail(false);
        return source;
    }

    /** Opens connections that write. Each statement sees what others have committed before it. */
    LastingConnection.Opening writers() {
        return new Checked(false, Patience.OF_WRITERS);
    }

    /**
     * Opens connections that add what is not the leader's alone to add, for which no lease is held that would end them.
     */
    LastingConnection.Opening additions() {
        return new Checked(false, Patience.OF_ADDITIONS);
    }

    /** Opens connections that remove much, for which no lease is held either. */
    LastingConnection.Opening removals() {
        return new Checked(false, Patience.OF_REMOVALS);
    }

    /** Opens connections that write a row, and tell soon when the server does not answer. */
    LastingConnection.Opening leases() {
        return new Checked(false, Patience.OF_LEASES);
    }

    /** Opens connections that read, each transaction one state of the database. */
    LastingConnection.Opening readers() {
        return new Checked(true, Patience.ofReaders(settings.patience()));
    }

    private final class Checked implements LastingConnection.Opening {
        private final boolean reading;
        private final Patience patience;

        Checked(boolean reading, Patience patience) {
            this.reading = reading;
            this.patience = patience;
        }

        @Override
        public Handle open() throws SQLException {
            PGSimpleDataSource source = dataSource();
            source.setSocketTimeout(patience.socketSeconds());
            source.setDefaultRowFetchSize(ROWS_AT_ONCE);
            Connection connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                for (String setting : SETTINGS) {
                    statement.execute(setting);
                }
                statement.execute("SET statement_timeout = '" + patience.statementSeconds() + "s'");
                connection.setReadOnly(reading);
                connection.setTransactionIsolation(
                        reading ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
                return Jdbi.open(connection);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }

        @Override
        public boolean answers(Handle opened, long idleNanos) {
            if (idleNanos < CHECKED_AFTER_NANOS) {
                return true;
            }
            try {
                return opened.getConnection().isValid(CHECK_SECONDS);
            } catch (SQLException e) {
                return false;
            }
        }
    }
}
