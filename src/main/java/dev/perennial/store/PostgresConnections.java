// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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

    /** Longer than the server's own limit on a statement, which then is what ends it. */
    private static final int SOCKET_SECONDS = 40;

    private static final int ROWS_AT_ONCE = 500;
    private static final int CHECK_SECONDS = 5;
    private static final long CHECKED_AFTER_NANOS = 500_000_000L;

    private static final List<String> SETTINGS = List.of(
            "SET synchronous_commit = on",
            "SET statement_timeout = '30s'",
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

    /** A source for the migration, whose statements may take their time. */
    PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(settings.url());
        settings.user().ifPresent(source::setUser);
        settings.password().ifPresent(source::setPassword);
        source.setApplicationName("perennial");
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(CONNECT_SECONDS);
        source.setTcpKeepAlive(true);
        // What an error quotes of a row is client text.
        source.setLogServerErrorDetail(false);
        return source;
    }

    /** Opens connections that write. Each statement sees what others have committed before it. */
    LastingConnection.Opening writers() {
        return new Checked(false);
    }

    /** Opens connections that read, each transaction one state of the database. */
    LastingConnection.Opening readers() {
        return new Checked(true);
    }

    private final class Checked implements LastingConnection.Opening {
        private final boolean reading;

        Checked(boolean reading) {
            this.reading = reading;
        }

        @Override
        public Handle open() throws SQLException {
            PGSimpleDataSource source = dataSource();
            source.setSocketTimeout(SOCKET_SECONDS);
            source.setDefaultRowFetchSize(ROWS_AT_ONCE);
            Connection connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                for (String setting : SETTINGS) {
                    statement.execute(setting);
                }
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
