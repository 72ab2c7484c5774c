// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Takes everything from a SQLite file to a PostgreSQL schema that holds nothing yet, in one transaction of each: all of
 * it is there afterwards, or nothing. The file stays as it is.
 */
final class StoreCopy {
    private static final int ROWS_AT_ONCE = 500;

    /** What belongs to the database that it is in. */
    private static final Set<String> STAYING = Set.of("flyway_schema_history", "store_leases");

    private StoreCopy() {}

    /**
     * Copies if there is nothing yet.
     *
     * @return whether it did
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when one of them cannot be used now
     */
    static boolean copy(Database from, Database to) {
        return to.write(change -> {
            Handle target = change.handle();
            if (changes(target) > 0) {
                return false;
            }
            from.read(source -> {
                copyAll(source, target);
                return true;
            });
            return true;
        });
    }

    private static long changes(Handle handle) {
        return handle.createQuery("SELECT sum(last_value) FROM sequences WHERE name IN ('revision', 'audit')")
                .mapTo(long.class)
                .one();
    }

    private static void copyAll(Handle source, Handle target) {
        List<String> tables = tables(source);
        List<String> latestFirst = new ArrayList<>(tables);
        Collections.reverse(latestFirst);
        // A new schema has the first rows of some tables.
        latestFirst.forEach(table -> target.execute("DELETE FROM " + table));
        for (String table : tables) {
            try {
                copy(table, source.getConnection(), target.getConnection());
            } catch (SQLException e) {
                throw StoreFailure.of(e);
            }
        }
    }

    /** In the order in which they were made, so that none refers to a later one. */
    private static List<String> tables(Handle source) {
        return source.createQuery(
                        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid")
                .mapTo(String.class)
                .filter(name -> !STAYING.contains(name))
                .list();
    }

    private static void copy(String table, Connection source, Connection target) throws SQLException {
        try (Statement reading = source.createStatement();
                ResultSet rows = reading.executeQuery("SELECT * FROM " + table)) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                columns.add(rows.getMetaData().getColumnName(i));
            }
            String places = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
            String insert = "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES (" + places + ")";
            try (PreparedStatement writing = target.prepareStatement(insert)) {
                copy(rows, columns.size(), writing);
            }
        }
    }

    private static void copy(ResultSet rows, int columns, PreparedStatement writing) throws SQLException {
        int waiting = 0;
        while (rows.next()) {
            for (int i = 1; i <= columns; i++) {
                writing.setObject(i, rows.getObject(i));
            }
            writing.addBatch();
            waiting++;
            if (waiting == ROWS_AT_ONCE) {
                writing.executeBatch();
                waiting = 0;
            }
        }
        writing.executeBatch();
    }
}
