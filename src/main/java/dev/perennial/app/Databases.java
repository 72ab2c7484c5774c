// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.store.DataDirectory;
import dev.perennial.store.Database;
import dev.perennial.store.PostgresDatabase;
import dev.perennial.store.PostgresSettings;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Origin;
import java.util.function.Supplier;

/** Opens the database that the configuration names. */
final class Databases {
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
            case POSTGRESQL -> PostgresDatabase.open(settings(store.postgresql()), origins);
        };
    }

    /** @throws IllegalArgumentException when the configuration lacks something or is wrong */
    static PostgresSettings settings(PerennialConfig.Store.Postgresql postgresql) {
        return new PostgresSettings(
                postgresql.url().orElse(""), postgresql.user(), postgresql.password(), postgresql.connections());
    }
}
