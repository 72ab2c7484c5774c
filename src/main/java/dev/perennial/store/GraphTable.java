// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.StoredGraph;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.RevisionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Rows of {@code graphs}. Belongs to one transaction. */
final class GraphTable {
    private static final String SELECT = """
            SELECT g.number, g.graph_id, g.description, g.revision, g.created_at,
                (SELECT coalesce(sum(i.added), 0) FROM graph_imports i
                 WHERE i.graph = g.number AND i.state = 'FINISHED') AS statements
            FROM graphs g WHERE g.removed_revision IS NULL""";

    private final Handle handle;

    GraphTable(Handle handle) {
        this.handle = handle;
    }

    /** A graph and the number that its statements know it by. */
    record Row(long number, StoredGraph graph) {}

    List<StoredGraph> page(String after, int limit) {
        return handle.createQuery(SELECT + " AND g.graph_id > :after ORDER BY g.graph_id LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row).graph())
                .list();
    }

    Optional<Row> find(GraphId id) {
        return handle.createQuery(SELECT + " AND g.graph_id = :id")
                .bind("id", id.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    Row require(GraphId id) {
        return find(id).orElseThrow(() -> new Refusal.NotFound("graph", id.value()));
    }

    void insert(long number, GraphDefinition definition, RevisionId revision, Instant now) {
        handle.createUpdate("""
                        INSERT INTO graphs (number, graph_id, description, revision, created_at)
                        VALUES (:number, :id, :description, :revision, :at)""")
                .bind("number", number)
                .bind("id", definition.id().value())
                .bind("description", definition.description())
                .bind("revision", revision.number())
                .bind("at", EpochMicros.of(now))
                .execute();
    }

    void describe(long number, String description) {
        handle.createUpdate("UPDATE graphs SET description = :description WHERE number = :number")
                .bind("description", description)
                .bind("number", number)
                .execute();
    }

    /** Notes the last change of the graph. */
    void touch(long number, RevisionId revision) {
        handle.createUpdate("UPDATE graphs SET revision = :revision WHERE number = :number")
                .bind("revision", revision.number())
                .bind("number", number)
                .execute();
    }

    void remove(long number, RevisionId revision) {
        handle.createUpdate("UPDATE graphs SET removed_revision = :revision WHERE number = :number")
                .bind("revision", revision.number())
                .bind("number", number)
                .execute();
    }

    /** Forgets removed graphs of which nothing is left. */
    void forgetRemoved() {
        handle.execute("""
                DELETE FROM graphs WHERE removed_revision IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM graph_imports i WHERE i.graph = graphs.number)""");
    }

    private static Row read(ResultSet row) throws SQLException {
        GraphDefinition definition =
                new GraphDefinition(new GraphId(row.getString("graph_id")), row.getString("description"));
        StoredGraph graph = new StoredGraph(
                definition,
                new RevisionId(row.getLong("revision")),
                EpochMicros.toInstant(row.getLong("created_at")),
                row.getLong("statements"));
        return new Row(row.getLong("number"), graph);
    }
}
