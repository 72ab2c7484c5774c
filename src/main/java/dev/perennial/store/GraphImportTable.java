// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeStore.Contribution;
import dev.perennial.knowledge.KnowledgeStore.Imported;
import dev.perennial.knowledge.Provenance;
import dev.perennial.task.RevisionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** Rows of {@code graph_imports}. Belongs to one transaction. */
final class GraphImportTable {
    private final Handle handle;

    GraphImportTable(Handle handle) {
        this.handle = handle;
    }

    /** An import that is open. */
    record Open(long number, long graph, GraphId graphId, String source) {}

    /** An import of which something is left to be deleted, in a range of numbers; both ends are its own. */
    record Leftover(long number, long first, long last) {}

    Optional<Open> open(String importId) {
        return handle.createQuery("""
                        SELECT i.number, i.graph, g.graph_id, i.source
                        FROM graph_imports i JOIN graphs g ON g.number = i.graph
                        WHERE i.import_id = :id AND i.state = 'OPEN'""")
                .bind("id", importId)
                .map((row, context) ->
                        new Open(row.getLong(1), row.getLong(2), new GraphId(row.getString(3)), row.getString(4)))
                .findOne();
    }

    List<String> allOpen() {
        return handle.createQuery("SELECT import_id FROM graph_imports WHERE state = 'OPEN' ORDER BY import_id")
                .mapTo(String.class)
                .list();
    }

    Optional<Imported> finished(String importId) {
        return handle.createQuery("""
                        SELECT revision, added, repeated, report FROM graph_imports
                        WHERE import_id = :id AND state = 'FINISHED'""")
                .bind("id", importId)
                .map((row, context) ->
                        new Imported(new RevisionId(row.getLong(1)), row.getLong(2), row.getLong(3), row.getString(4)))
                .findOne();
    }

    /** Opens an import and returns its number. */
    long insert(Change change, String importId, long graph, Provenance provenance) {
        long number = change.reserve("graph_import", 1);
        handle.createUpdate("""
                        INSERT INTO graph_imports (number, import_id, graph, source, origin, licence, trust, state,
                            added, repeated, report, first_statement)
                        VALUES (:number, :id, :graph, :source, :origin, :licence, :trust, 'OPEN', 0, 0, '', :first)""")
                .bind("number", number)
                .bind("id", importId)
                .bind("graph", graph)
                .bind("source", provenance.source())
                .bind("origin", provenance.origin())
                .bind("licence", provenance.licence())
                .bind("trust", provenance.trust())
                .bind("first", lastStatement())
                .execute();
        return number;
    }

    void count(long number, long added, long repeated) {
        handle.createUpdate("""
                        UPDATE graph_imports SET added = added + :added, repeated = repeated + :repeated
                        WHERE number = :number""")
                .bind("added", added)
                .bind("repeated", repeated)
                .bind("number", number)
                .execute();
    }

    void finish(long number, RevisionId revision, String report) {
        handle.createUpdate("""
                        UPDATE graph_imports SET state = 'FINISHED', revision = :revision, report = :report,
                            last_statement = :last
                        WHERE number = :number""")
                .bind("revision", revision.number())
                .bind("report", report)
                .bind("last", lastStatement())
                .bind("number", number)
                .execute();
    }

    void undo(String importId) {
        handle.createUpdate("""
                        UPDATE graph_imports SET state = 'UNDONE', last_statement = :last
                        WHERE import_id = :id AND state = 'OPEN'""")
                .bind("last", lastStatement())
                .bind("id", importId)
                .execute();
    }

    void undoAll(long graph) {
        handle.createUpdate("""
                        UPDATE graph_imports SET state = 'UNDONE', last_statement = :last
                        WHERE graph = :graph AND state IN ('OPEN', 'FINISHED')""")
                .bind("last", lastStatement())
                .bind("graph", graph)
                .execute();
    }

    /** Returns whether there was anything of the source. */
    boolean removeSource(long graph, String source) {
        int removed = handle.createUpdate("""
                        UPDATE graph_imports SET state = 'REMOVED', last_statement = :last
                        WHERE graph = :graph AND source = :source AND state = 'FINISHED'""")
                .bind("last", lastStatement())
                .bind("graph", graph)
                .bind("source", source)
                .execute();
        return removed > 0;
    }

    /** Source names of the imports of a graph that are seen, by their numbers. */
    Map<Long, String> seen(long graph) {
        Map<Long, String> sources = new HashMap<>();
        handle.createQuery("SELECT number, source FROM graph_imports WHERE graph = :graph AND state = 'FINISHED'")
                .bind("graph", graph)
                .map((row, context) -> sources.put(row.getLong(1), row.getString(2)))
                .list();
        return sources;
    }

    List<Contribution> contributions(long graph) {
        return handle.createQuery("""
                        SELECT source, origin, licence, trust,
                            (SELECT sum(j.added) FROM graph_imports j
                             WHERE j.graph = i.graph AND j.source = i.source AND j.state = 'FINISHED') AS statements
                        FROM graph_imports i
                        WHERE graph = :graph AND state = 'FINISHED' AND number =
                            (SELECT max(j.number) FROM graph_imports j
                             WHERE j.graph = i.graph AND j.source = i.source AND j.state = 'FINISHED')
                        ORDER BY source""")
                .bind("graph", graph)
                .map((row, context) -> new Contribution(provenance(row), row.getLong("statements")))
                .list();
    }

    /** The number of the import that holds what clients said of single entities, if any did. */
    OptionalLong edits(long graph) {
        Optional<Long> number = handle.createQuery("""
                        SELECT number FROM graph_imports
                        WHERE graph = :graph AND source = :source AND state = 'FINISHED'""")
                .bind("graph", graph)
                .bind("source", Provenance.EDITS)
                .mapTo(Long.class)
                .findFirst();
        return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    /** The first import of which something is left to be deleted. */
    Optional<Leftover> leftover() {
        return handle.createQuery("""
                        SELECT number, first_statement, last_statement FROM graph_imports
                        WHERE state IN ('UNDONE', 'REMOVED') ORDER BY number LIMIT 1""")
                .map((row, context) -> new Leftover(row.getLong(1), row.getLong(2), row.getLong(3)))
                .findOne();
    }

    /** Notes that nothing is left of an import up to a number. */
    void clearedTo(long number, long statement) {
        handle.createUpdate("UPDATE graph_imports SET first_statement = :first WHERE number = :number")
                .bind("first", statement)
                .bind("number", number)
                .execute();
    }

    void delete(long number) {
        handle.createUpdate("DELETE FROM graph_imports WHERE number = :number")
                .bind("number", number)
                .execute();
    }

    private long lastStatement() {
        return handle.createQuery("SELECT last_value FROM sequences WHERE name = 'statement'")
                .mapTo(long.class)
                .one();
    }

    private static Provenance provenance(ResultSet row) throws SQLException {
        return new Provenance(
                row.getString("source"), row.getString("origin"), row.getString("licence"), row.getDouble("trust"));
    }
}
