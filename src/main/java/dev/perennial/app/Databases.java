// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.store.PostgresDatabase;
import dev.perennial.store.PostgresSettings;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Origin;
import io.quarkus.runtime.Quarkus;
import java.nio.file.Files;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Opens the database that the configuration names. */
final class Databases {
    private static final Logger LOG = Logger.getLogger(Databases.class);

    private Databases() {}

    /**
     * Opens it and brings its schema up to date.
     *
     * @param origins where the change comes from that the asking thread is about to make
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be used; the detail says what to do
     */
    static Database open(PerennialConfig.Store store, DataDirectory directory, Supplier<Origin> origins) {
        return switch (store.kind()) {
            case SQLITE -> SqliteDatabase.open(directory.database(), origins);
            case POSTGRESQL -> postgresql(store.postgresql(), directory, origins);
        };
    }

    private static Database postgresql(
            PerennialConfig.Store.Postgresql postgresql, DataDirectory directory, Supplier<Origin> origins) {
        PostgresDatabase database = PostgresDatabase.open(settings(postgresql), Databases::end, origins);
        try {
            if (postgresql.copySqlite() && Files.exists(directory.database())) {
                LOG.info(
                        database.copyOf(directory.database())
                                ? "Everything was copied from SQLite to PostgreSQL; the file is not used any more"
                                : "PostgreSQL holds something already; nothing was copied from SQLite");
            }
            return database;
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
    }

    /** What this process has in memory is not what is stored any more. */
    private static void end() {
        LOG.error("Another process has taken the store over, because this one hung; this one ends");
        Quarkus.asyncExit(1);
    }

    /** @throws IllegalArgumentException when the configuration lacks something or is wrong */
    static PostgresSettings settings(PerennialConfig.Store.Postgresql postgresql) {
        return new PostgresSettings(
                postgresql.url().orElse(""),
                postgresql.user(),
                postgresql.password(),
                postgresql.connections(),
                postgresql.lease());
    }
}
