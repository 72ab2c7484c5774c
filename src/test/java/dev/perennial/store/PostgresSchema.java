// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Origin;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A new schema on a real PostgreSQL server, which is started once for all tests of the process. */
public final class PostgresSchema implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name;

    private PostgresSchema(String name) {
        this.name = name;
    }

    /** Makes one. */
    public static PostgresSchema create() {
        PostgresSchema schema = new PostgresSchema("schema_" + NUMBERS.incrementAndGet());
        execute("CREATE SCHEMA " + schema.name);
        return schema;
    }

    /** How the service finds it. */
    public PostgresSettings settings() {
        return new PostgresSettings(
                Server.RUNNING.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + name,
                Optional.empty(),
                Optional.empty(),
                4,
                Duration.ofSeconds(15));
    }

    String name() {
        return name;
    }

    /** Where the server listens. */
    public int port() {
        return Server.RUNNING.getPort();
    }

    /** Its JDBC address by way of a port. */
    public String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/postgres?currentSchema=" + name;
    }

    PostgresDatabase open() {
        return PostgresDatabase.open(settings(), () -> {}, () -> Origin.SERVICE);
    }

    /** A copy of the whole database under another name. */
    public record Copy(String database, String url) implements AutoCloseable {
        @Override
        public void close() {
            execute("DROP DATABASE " + database + " WITH (FORCE)");
        }
    }

    /**
     * Copies the database, as it is while nobody is connected with it.
     *
     * @return the copy, and how the service finds this schema in it
     */
    public Copy copied() {
        String database = "copy_of_" + name;
        try (Connection connection =
                        Server.RUNNING.getDatabase("postgres", "template1").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'");
            statement.execute("CREATE DATABASE " + database + " TEMPLATE postgres");
        } catch (SQLException e) {
            throw new IllegalStateException(database, e);
        }
        return new Copy(database, "jdbc:postgresql://localhost:" + port() + "/" + database + "?currentSchema=" + name);
    }

    /** Runs a statement as the server's superuser, in no schema. */
    static void execute(String sql) {
        try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        execute("DROP SCHEMA " + name + " CASCADE");
    }

    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                // Sorts unlike Java and SQLite, as databases of users do.
                return EmbeddedPostgres.builder()
                        .setLocaleConfig("locale-provider", "icu")
                        .setLocaleConfig("icu-locale", "en")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
