// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.KnowledgeStoreContract;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteKnowledgeStoreTest extends KnowledgeStoreContract {
    private static final GraphId GRAPH = new GraphId("graph");

    @TempDir
    private Path directory;

    private SqliteDatabase database;

    @Override
    protected KnowledgeStore create(InstantSource clock) {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        return new SqlKnowledgeStore(database, clock);
    }

    @Override
    protected KnowledgeStore reopen(InstantSource clock) {
        database.close();
        return create(clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void clear_leavesNoRowBehind() {
        KnowledgeStore store = new SqlKnowledgeStore(database, () -> Instant.EPOCH);
        store.define(new GraphDefinition(GRAPH, ""));
        for (String id : List.of("job_1", "job_2", "job_3")) {
            store.begin(id, GRAPH, new Provenance("source", "", "", 1));
            store.add(id, List.of(Statement.label("e", id, ""), Statement.label("f", id, "")));
        }
        store.finish("job_1", "");
        store.undo("job_2");
        store.edit(GRAPH, "e", List.of(Statement.label("e", "edited", "")));
        store.remove(GRAPH);
        while (store.clear(1)) {
            // goes on until nothing is left
        }
        for (String table : List.of("graphs", "graph_imports", "statements")) {
            assertThat(rows(table)).as(table).isZero();
        }
    }

    @Test
    void aGraphAndATaskOfOneName_haveDifferentRevisions() {
        KnowledgeStore store = new SqlKnowledgeStore(database, () -> Instant.EPOCH);
        store.define(new GraphDefinition(GRAPH, ""));
        long ofGraph = database.read(
                handle -> handle.createQuery("SELECT count(*) FROM revisions WHERE task_id = 'graph:graph'")
                        .mapTo(long.class)
                        .one());
        assertThat(ofGraph).isEqualTo(1);
    }

    private long rows(String table) {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                .mapTo(long.class)
                .one());
    }
}
