// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.task.Origin;
import java.nio.charset.StandardCharsets;
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
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * A schema of a PostgreSQL database, changed by one process at a time. Safe for concurrent use.
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

    /** Of a name in PostgreSQL, in bytes. */
    private static final int LONGEST_NAME = 63;

    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private static final String BYTES = """
            SELECT sum(pg_total_relation_size(c.oid))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind = 'r'""";

    private final Supplier<Origin> origins;
    private final PostgresConnections connections;
    private final ReadingConnections readers;
    private final ReentrantLock writing = new ReentrantLock(true);
    private volatile boolean closed;

    /** While it is not, nobody waits for a server that does not answer. */
    private volatile boolean reachable = true;

    /** Guarded by {@link #writing}. */
    private final LastingConnection writer;

    private final ReentrantLock adding = new ReentrantLock(true);

    /** Guarded by {@link #adding}: what hangs in it keeps no change from being made. */
    private final LastingConnection adder;

    /** Answers are made of what a process has in memory, so that a second one would not see what this one learns. */
    private final PostgresLease lease;

    private PostgresDatabase(
            PostgresConnections connections, PostgresSettings settings, Runnable lost, Supplier<Origin> origins) {
        this.origins = origins;
        this.connections = connections;
        this.readers = new ReadingConnections(settings.connections() - 1, connections.readers());
        this.writer = new LastingConnection(connections.writers());
        this.adder = new LastingConnection(connections.additions());
        this.lease = new PostgresLease(connections, settings, new PostgresLease.Listener() {
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
        PostgresDatabase database = connect(settings, lost, origins);
        try {
            database.lead();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** The same without waiting: until this process {@link #tryLead leads}, it can only read. */
    public static PostgresDatabase connect(PostgresSettings settings, Runnable lost, Supplier<Origin> origins) {
        PostgresConnections connections = new PostgresConnections(settings);
        PostgresDatabase database = new PostgresDatabase(connections, settings, lost, origins);
        try {
            database.requireSchema();
            Migrations.POSTGRES.migrate(connections.dataSource());
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
        return write(work, new Writer(writing, writer, handle -> {}, lease::require));
    }

    @Override
    public void writeUnforced(Consumer<Change> work) {
        boolean unused = write(
                change -> {
                    work.accept(change);
                    return true;
                },
                new Writer(
                        writing,
                        writer,
                        handle -> handle.execute("SET LOCAL synchronous_commit = off"),
                        lease::require));
    }

    /** By what a change is made, and what it begins with, before it waits for others and after. */
    private record Writer(
            ReentrantLock turn, LastingConnection connection, Consumer<Handle> before, Consumer<Handle> after) {}

    /** Whether this process makes the changes from now on, because no other one does. */
    public boolean tryLead() {
        boolean leads = lease.tryAcquire();
        if (leads) {
            Failpoint.LEASE_TAKEN.pass();
            forgetEmptied();
        }
        return leads;
    }

    /**
     * Waits until this process makes the changes, because no other one does any more.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when the database is closed meanwhile, or the thread is
     *     interrupted
     */
    public void lead() {
        lease.acquire();
        forgetEmptied();
    }

    /** Where the process that makes the changes takes requests; empty when none does now, or it does not say. */
    public Optional<String> leader() {
        return read(lease::holder);
    }

    /**
     * Has somebody told when something may have changed: at once when this process hears of it, and else every second.
     *
     * @param changed called on one thread; what it throws is logged
     */
    public PostgresFeed follow(Runnable changed) {
        PostgresFeed feed = new PostgresFeed(connections, changed);
        feed.begin();
        return feed;
    }

    /**
     * A schema beside this one, made if it is not there.
     *
     * @param place of a tenant that is present, the end of its name; may have dashes, which become underscores
     * @return its name
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be made; the detail says what to do
     */
    public String schemaBeside(String place) {
        return add(change -> {
            requirePresent(change.handle(), place);
            String schema = nameBeside(change.handle(), place);
            if (!exists(change.handle(), schema)) {
                try {
                    change.handle().execute("CREATE SCHEMA " + quoted(schema));
                } catch (UnableToExecuteStatementException refused) {
                    throw StoreFailure.unavailable("PostgreSQL did not let the service make the schema " + schema
                            + ". Let its user make schemas: GRANT CREATE ON DATABASE.");
                }
            }
            return schema;
        });
    }

    /** Whether there is a schema beside this one. */
    public boolean hasBeside(String place) {
        return read(handle -> exists(handle, nameBeside(handle, place)));
    }

    private static boolean exists(Handle handle, String schema) {
        return handle.createQuery("SELECT count(*) > 0 FROM pg_namespace WHERE nspname = :schema")
                .bind("schema", schema)
                .mapTo(boolean.class)
                .one();
    }

    /** Deletes a schema beside this one with all that is in it. */
    public void dropBeside(String place) {
        LastingConnection dropping = new LastingConnection(connections.removals());
        try {
            boolean unused = Transactions.run(dropping, handle -> {
                // Nobody is to wait for what still reads of it; it is tried again.
                handle.execute("SET LOCAL lock_timeout = '2s'");
                handle.execute("DROP SCHEMA IF EXISTS " + quoted(nameBeside(handle, place)) + " CASCADE");
                return true;
            });
        } finally {
            dropping.drop();
        }
    }

    /** One that was removed since it was heard of gets no schema any more. */
    private static void requirePresent(Handle handle, String place) {
        boolean present = handle.createQuery(
                        "SELECT count(*) > 0 FROM tenants WHERE place = :place AND removed_at IS NULL")
                .bind("place", place)
                .mapTo(boolean.class)
                .one();
        if (!present) {
            throw StoreFailure.unavailable("There is no such tenant any more.");
        }
    }

    private static String nameBeside(Handle handle, String place) {
        String own = handle.createQuery("SELECT current_schema()")
                .mapTo(String.class)
                .one();
        String end = "_" + place.replace('-', '_');
        String begin = own;
        // The server counts bytes.
        while (begin.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME - end.length()) {
            begin = begin.substring(0, begin.offsetByCodePoints(begin.length(), -1));
        }
        return begin + end;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The same database for a process that follows the changes of another one, and makes none. */
    public Database following() {
        return new FollowedDatabase(this, false);
    }

    /**
     * The same database for what any process may add, because no answer follows from it. It takes turns with all
     * changes.
     */
    public Database adding() {
        return new FollowedDatabase(this, true);
    }

    /** Makes a change whoever leads. */
    <T> T add(Function<Change, T> work) {
        return write(work, new Writer(adding, adder, handle -> {}, handle -> {}));
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
        adding.lock();
        try {
            adder.drop();
        } finally {
            adding.unlock();
        }
    }

    private <T> T write(Function<Change, T> work, Writer by) {
        takeTurn(by.turn());
        try {
            if (closed) {
                throw StoreFailure.closed();
            }
            return Transactions.run(by.connection(), handle -> {
                by.before().accept(handle);
                handle.createQuery(ALONE).mapTo(boolean.class).one();
                by.after().accept(handle);
                T result = work.apply(new Change(handle, origins.get()));
                handle.execute(PostgresFeed.TELL);
                return result;
            });
        } finally {
            by.turn().unlock();
        }
    }

    private void takeTurn(ReentrantLock turn) {
        requireReachable();
        try {
            if (!turn.tryLock(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS)) {
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
