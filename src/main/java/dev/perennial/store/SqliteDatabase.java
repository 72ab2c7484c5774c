// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.task.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * One SQLite file in WAL mode: one writing connection, a few reading ones. Safe for concurrent use.
 *
 * <p>A transaction that erases ends with a checkpoint that copies the log into the file and truncates it, so that the
 * erased bytes are in neither. SQLite can do so only while nobody reads; readers share {@code checkpoint}, and the
 * checkpoint takes it alone.
 */
public final class SqliteDatabase implements Database {
    private static final int READERS = 4;
    private static final int NO_PAGE_LIMIT = 0;

    private final Path file;
    private final SqliteConnections connections;
    private final Supplier<Origin> origins;
    private final ReadingConnections readers;
    private final ReentrantLock writing = new ReentrantLock(true);
    private final ReentrantReadWriteLock checkpoint = new ReentrantReadWriteLock(true);

    private volatile boolean closed;

    /** This and the next member are guarded by {@link #writing}. */
    private final LastingConnection writer = new LastingConnection(this::openWriter);

    private int pageLimit = NO_PAGE_LIMIT;

    private SqliteDatabase(Path file, SqliteConnections connections, Supplier<Origin> origins) {
        this.file = file;
        this.origins = origins;
        this.connections = connections;
        this.readers = new ReadingConnections(READERS, connections::openReader);
    }

    /**
     * Opens the file, creates it when it is not there, and brings its schema up to date.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be used; the detail says what to do
     */
    public static SqliteDatabase open(Path file) {
        return open(file, () -> Origin.SERVICE);
    }

    /**
     * The same for changes that come from elsewhere too.
     *
     * @param origins where the change comes from that the asking thread is about to make
     */
    public static SqliteDatabase open(Path file, Supplier<Origin> origins) {
        SqliteConnections connections = new SqliteConnections(file);
        SqliteDatabase database = new SqliteDatabase(file, connections, origins);
        try {
            OwnerOnly.createFile(file);
            SqliteOpening.prepare(file, connections);
            database.readers.lend(Transactions::open);
            return database;
        } catch (SQLException e) {
            database.close();
            throw StoreFailure.of(e);
        } catch (IOException e) {
            database.close();
            throw StoreFailure.unavailable(
                    "The database file '" + file + "' cannot be created. Make its directory writable.");
        }
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        checkpoint.readLock().lock();
        try {
            return readers.lend(reader -> Transactions.run(reader, work));
        } finally {
            checkpoint.readLock().unlock();
        }
    }

    @Override
    public <T> T write(Function<Change, T> work) {
        writing.lock();
        try {
            refuseClosed();
            Change change = new Change(Transactions.open(writer), origins.get());
            T result = Transactions.run(writer, handle -> work.apply(change));
            if (change.isErasing()) {
                Failpoint.ERASURE_COMMITTED.pass();
                truncateLog(change.handle());
            }
            return result;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void writeUnforced(Consumer<Change> work) {
        writing.lock();
        try {
            refuseClosed();
            Transactions.open(writer).execute("PRAGMA synchronous = NORMAL");
            try {
                boolean unused = write(change -> {
                    work.accept(change);
                    return true;
                });
            } finally {
                forceAgain();
            }
        } finally {
            writing.unlock();
        }
    }

    /** A connection that cannot be told to is replaced by one that forces what it writes. */
    private void forceAgain() {
        try {
            Transactions.open(writer).execute("PRAGMA synchronous = FULL");
        } catch (RuntimeException broken) {
            writer.drop();
        }
    }

    @Override
    public OptionalLong sizeInBytes() {
        long total = 0;
        for (String suffix : List.of("", "-wal", "-shm")) {
            Path part = file.resolveSibling(file.getFileName() + suffix);
            try {
                total += Files.exists(part) ? Files.size(part) : 0;
            } catch (IOException e) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(total);
    }

    /** Waits for transactions in progress and closes the file. Later calls of other methods are refused. */
    @Override
    public void close() {
        writing.lock();
        checkpoint.writeLock().lock();
        try {
            closed = true;
            readers.close();
            writer.drop();
        } finally {
            checkpoint.writeLock().unlock();
            writing.unlock();
        }
    }

    /** Makes the file full at this many pages, as a full disk would; 0 lifts the limit. */
    void limitPages(int pages) {
        writing.lock();
        try {
            pageLimit = pages;
            writer.drop();
        } finally {
            writing.unlock();
        }
    }

    private Handle openWriter() throws SQLException {
        Handle opened = connections.openWriter();
        if (pageLimit != NO_PAGE_LIMIT) {
            opened.execute("PRAGMA max_page_count = " + pageLimit);
        }
        return opened;
    }

    private void refuseClosed() {
        if (closed) {
            throw StoreFailure.closed();
        }
    }

    private void truncateLog(Handle handle) {
        checkpoint.writeLock().lock();
        try {
            if (!SqliteOpening.truncateLog(handle)) {
                throw StoreFailure.unavailable(
                        "The removal is recorded, but another program is reading the database file, so that what was"
                                + " removed is still in the log. Close that program; the next removal erases it.");
            }
        } catch (JdbiException e) {
            throw StoreFailure.sqlErrorIn(e).map(StoreFailure::of).orElse(e);
        } finally {
            checkpoint.writeLock().unlock();
        }
    }
}
