// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** A database that another process changes: what it is asked is read, and changes are refused. */
final class FollowedDatabase implements Database {
    private final PostgresDatabase database;
    private final boolean adds;

    /** @param adds whether changes are of what any process may add */
    FollowedDatabase(PostgresDatabase database, boolean adds) {
        this.database = database;
        this.adds = adds;
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return database.read(work);
    }

    @Override
    public <T> T write(Function<Change, T> work) {
        if (adds) {
            return database.add(work);
        }
        throw StoreFailure.unavailable("Another process of Perennial makes the changes, and this one follows it.");
    }

    @Override
    public void writeUnforced(Consumer<Change> work) {
        // Whoever makes the changes writes it as well.
    }

    @Override
    public <T> Optional<T> writeDerived(Function<Change, T> work) {
        return Optional.empty();
    }

    @Override
    public OptionalLong sizeInBytes() {
        return database.sizeInBytes();
    }

    @Override
    public void close() {
        // It is its owner's to close.
    }
}
