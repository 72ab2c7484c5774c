// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Connections to one SQLite file with the settings that the store's promises rest on: a commit is on the disk when it
 * returns ({@code synchronous=FULL}) and what is deleted is overwritten ({@code secure_delete}). No memory mapping,
 * because a failing disk would then end the process with a signal.
 */
final class SqliteConnections {
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    /** The first two take effect only while the file is empty. */
    private static final List<String> SETTINGS = List.of(
            "PRAGMA page_size = 8192",
            "PRAGMA auto_vacuum = NONE",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA secure_delete = ON",
            "PRAGMA foreign_keys = ON",
            "PRAGMA cache_size = -16384",
            "PRAGMA journal_size_limit = 67108864",
            "PRAGMA mmap_size = 0",
            "PRAGMA trusted_schema = OFF");

    private final Path file;

    SqliteConnections(Path file) {
        this.file = file;
    }

    /**
     * A source for the migration, which opens and closes connections as it likes. A table that it drops is overwritten
     * too.
     */
    SQLiteDataSource dataSource() {
        return dataSource(SQLiteConfig.TransactionMode.DEFERRED);
    }

    Handle openWriter() throws SQLException {
        return Jdbi.open(
                configured(dataSource(SQLiteConfig.TransactionMode.IMMEDIATE).getConnection()));
    }

    Handle openReader() throws SQLException {
        Connection connection = configured(dataSource().getConnection());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = ON");
        }
        return Jdbi.open(connection);
    }

    private SQLiteDataSource dataSource(SQLiteConfig.TransactionMode mode) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setTransactionMode(mode);
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    private static Connection configured(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
