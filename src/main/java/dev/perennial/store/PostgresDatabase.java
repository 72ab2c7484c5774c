// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.Origin;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * A schema of a PostgreSQL database, used by one process at a time. Safe for concurrent use.
 *
 * <p>Changes are made one at a time: each begins by taking an advisory lock of the schema, which the server lets go
 * with the transaction. So revisions become visible in the order of their numbers, and whoever has seen one has seen
 * all before it.
 *
 * <p>What is erased is not to be read any more when the transaction returns. Its bytes stay in the server's files until
 * the server's vacuum has come by, and in its log and backups for as long as those are kept.
 */
public final class PostgresDatabase implements Database {
    private static final System.Logger LOG = System.getLogger(PostgresDatabase.class.getName());

    /** The first half of the lock's name; the second is the schema. */
    static final int LOCK = 0x50455245;

    static final String ALONE = "SELECT pg_advisory_xact_lock(" + LOCK + ", hashtext(current_schema())) IS NULL";

    private static final List<String> EMPTIED = List.of(
            "vectors WHERE vector IS NULL",
            "label_vectors WHERE vector IS NULL",
            "job_payloads WHERE payload IS NULL",
            "mistakes WHERE example IS NULL");

    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private static final String BYTES = """
            SELECT sum(pg_total_relation_size(c.oid))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind = 'r'""";

    private final Supplier<Origin> origins;
    private final ReadingConnections readers;
    private final ReentrantLock writing = new ReentrantLock(true);
    private volatile boolean closed;

    /** While it is not, nobody waits for a server that does not answer. */
    private volatile boolean reachable = true;

    /** Guarded by {@link #writing}. */
    private final LastingConnection writer;

    /** Answers are made of what a process has in memory, so that a second one would not see what this one learns. */
    private final PostgresLease lease;

    private PostgresDatabase(
            PostgresConnections connections, PostgresSettings settings, Runnable lost, Supplier<Origin> origins) {
        this.origins = origins;
        this.readers = new ReadingConnections(settings.connections() - 1, connections.readers());
        this.writer = new LastingConnection(connections.writers());
        this.lease = new PostgresLease(connections, settings.lease(), new PostgresLease.Listener() {
            @Override
            public void lost() {
                lost.run();
            }

            @Override
            public void reached(boolean answers) {
                if (!answers && reachable) {
                    writer.abort();
                }
                reachable = answers;
            }
        });
    }

    /**
     * Connects, brings the schema up to date, and waits until no other process changes it.
     *
     * @param lost told when another process has taken the schema over, because this one hung; no change is made then
     * @param origins where the change comes from that the asking thread is about to make
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be used; the detail says what to do
     */
    public static PostgresDatabase open(PostgresSettings settings, Runnable lost, Supplier<Origin> origins) {
        PostgresConnections connections = new PostgresConnections(settings);
        PostgresDatabase database = new PostgresDatabase(connections, settings, lost, origins);
        try {
            database.requireSchema();
            Migrations.POSTGRES.migrate(connections.dataSource());
            database.lease.acquire();
            database.forgetEmptied();
            return database;
        } catch (RuntimeException e) {
            database.close();
            Optional<SQLException> error = StoreFailure.sqlErrorIn(e);
            if (error.isPresent()) {
                throw StoreFailure.of(error.get());
            }
            throw e;
        }
    }

    /**
     * Takes over everything from a SQLite file if the schema holds nothing yet.
     *
     * @return whether it did
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when the file or the schema cannot be used; then nothing
     *     is copied
     */
    public boolean copyOf(Path sqlite) {
        try (SqliteDatabase file = SqliteDatabase.open(sqlite)) {
            return StoreCopy.copy(file, this);
        }
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        requireReachable();
        return readers.lend(reader -> Transactions.run(reader, work));
    }

    @Override
    public <T> T write(Function<Change, T> work) {
        return write(work, handle -> {});
    }

    @Override
    public <T> T writeUnforced(Function<Change, T> work) {
        return write(work, handle -> handle.execute("SET LOCAL synchronous_commit = off"));
    }

    @Override
    public OptionalLong sizeInBytes() {
        return OptionalLong.of(
                read(handle -> handle.createQuery(BYTES).mapTo(long.class).one()));
    }

    @Override
    public void close() {
        writing.lock();
        try {
            closed = true;
            lease.close();
            readers.close();
            writer.drop();
        } finally {
            writing.unlock();
        }
    }

    private <T> T write(Function<Change, T> work, Consumer<Handle> before) {
        takeTurn();
        try {
            if (closed) {
                throw StoreFailure.closed();
            }
            return Transactions.run(writer, handle -> {
                before.accept(handle);
                handle.createQuery(ALONE).mapTo(boolean.class).one();
                lease.require(handle);
                return work.apply(new Change(handle, origins.get()));
            });
        } finally {
            writing.unlock();
        }
    }

    private void takeTurn() {
        requireReachable();
        try {
            if (!writing.tryLock(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw StoreFailure.unavailable("The store is busy with other changes. Send the request again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreFailure.unavailable("The request was interrupted while it waited for the store.");
        }
    }

    private void requireReachable() {
        if (!reachable) {
            throw StoreFailure.unavailable("PostgreSQL cannot be reached. Check the server and"
                    + " perennial.store.postgresql.url, then send the request again.");
        }
    }

    /** Rows that were emptied say nothing, and the server's vacuum would leave them. */
    private void forgetEmptied() {
        long deleted = write(change -> EMPTIED.stream()
                .mapToLong(table -> change.handle().execute("DELETE FROM " + table))
                .sum());
        LOG.log(System.Logger.Level.DEBUG, "{0} emptied rows were deleted", deleted);
    }

    private void requireSchema() {
        String schema = read(handle -> handle.createQuery("SELECT coalesce(current_schema(), '')")
                .mapTo(String.class)
                .one());
        if (schema.isEmpty()) {
            throw StoreFailure.unavailable("PostgreSQL has no schema of the name that perennial.store.postgresql.url"
                    + " gives. Create it, or correct currentSchema.");
        }
    }
}
