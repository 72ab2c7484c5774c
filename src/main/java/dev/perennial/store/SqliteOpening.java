// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What is done to a SQLite file before it serves: check, migrate, finish an erasure, give back emptied space. */
final class SqliteOpening {
    /** Larger files are not read through at every start. */
    private static final long LARGEST_CHECKED_BYTES = 512L << 20;

    /** An emptied row of vectors leaves about this much unused space. */
    private static final long BYTES_PER_EMPTIED_ROW = 1_536;

    private static final long FEWEST_EMPTIED_ROWS = 1_000;
    private static final int WORTHWHILE_SHARE = 4;

    /** A rewrite goes through a temporary file and the log. */
    private static final int COPIES_DURING_REWRITE = 3;

    private SqliteOpening() {}

    static void prepare(Path file, SqliteConnections connections) throws SQLException, IOException {
        try (Handle handle = connections.openWriter()) {
            refuseDamage(file, handle);
            Migrations.SQLITE.migrate(connections.dataSource());
            truncateLog(handle);
            compact(file, handle);
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            Optional<SQLException> error = StoreFailure.sqlErrorIn(e);
            if (error.isPresent()) {
                throw error.get();
            }
            throw e;
        }
    }

    /** Copies the log into the file and empties it; false when a reader was in the way. */
    static boolean truncateLog(Handle handle) {
        return handle.createQuery("PRAGMA wal_checkpoint(TRUNCATE)")
                .map((row, context) -> row.getInt(1) == 0)
                .one();
    }

    private static void refuseDamage(Path file, Handle handle) throws IOException {
        if (Files.size(file) > LARGEST_CHECKED_BYTES) {
            return;
        }
        String verdict =
                handle.createQuery("PRAGMA quick_check(1)").mapTo(String.class).first();
        if (!verdict.equals("ok")) {
            throw StoreFailure.unavailable("The database file '" + file + "' is damaged. Put back a backup of the data"
                    + " directory, or move the file away to begin with an empty store.");
        }
    }

    /**
     * Rewrites the file when a good part of it is emptied rows. Deleting rows may move others and leave copies of them
     * behind; the rewrite removes those, and it is made up for at the next start if it did not finish.
     */
    private static void compact(Path file, Handle handle) throws IOException {
        long emptied = handle.createQuery("SELECT last_value FROM sequences WHERE name = 'emptied'")
                .mapTo(long.class)
                .one();
        long size = Files.size(file);
        boolean worthwhile =
                emptied >= FEWEST_EMPTIED_ROWS && emptied * BYTES_PER_EMPTIED_ROW > size / WORTHWHILE_SHARE;
        if (!worthwhile || Files.getFileStore(file).getUsableSpace() < size * COPIES_DURING_REWRITE) {
            return;
        }
        handle.execute("DELETE FROM vectors WHERE vector IS NULL");
        handle.execute("DELETE FROM label_vectors WHERE vector IS NULL");
        handle.execute("DELETE FROM job_payloads WHERE payload IS NULL");
        handle.execute("DELETE FROM mistakes WHERE example IS NULL");
        handle.execute("VACUUM");
        truncateLog(handle);
        handle.execute("UPDATE sequences SET last_value = 0 WHERE name = 'emptied'");
    }
}
