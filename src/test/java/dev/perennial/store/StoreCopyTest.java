// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.access.ApiKey;
import dev.perennial.access.Quota;
import dev.perennial.access.Role;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.task.TaskStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreCopyTest {
    private static final int EXAMPLES = 1_203;

    @TempDir
    private Path directory;

    private final PostgresSchema schema = PostgresSchema.create();
    private SqliteDatabase file;
    private PostgresDatabase server;

    @BeforeEach
    void open() {
        file = SqliteDatabase.open(directory.resolve("perennial.db"));
        server = schema.open();
    }

    @AfterEach
    void close() {
        file.close();
        server.close();
        schema.close();
    }

    @Test
    void everyRow_isTheSameThere_andWorkGoesOn() {
        fill();

        assertThat(StoreCopy.copy(file, server)).isTrue();

        Map<String, List<String>> before = rows(file);
        assertThat(before.values().stream().mapToInt(List::size).sum()).isGreaterThan(2 * EXAMPLES);
        assertThat(rows(server)).isEqualTo(before);
        TaskStore tasks = new SqlTaskStore(server, InstantSource.system());
        assertThat(tasks.examples(StoreFixture.TASK)).hasSize(EXAMPLES);
        assertThat(tasks.vectors(StoreFixture.TASK, "member")).hasSize(EXAMPLES);
        StoreFixture.teach(tasks, StoreFixture.teaching("one more", Map.of()));
        assertThat(tasks.examples(StoreFixture.TASK)).hasSize(EXAMPLES + 1);
    }

    @Test
    void schemaThatHoldsSomething_staysAsItIs() {
        fill();
        new SqlTaskStore(server, InstantSource.system()).define(StoreFixture.task());
        Map<String, List<String>> before = rows(server);

        assertThat(StoreCopy.copy(file, server)).isFalse();
        assertThat(rows(server)).isEqualTo(before);
    }

    @Test
    void copyThatFails_leavesNothing() {
        fill();
        server.write(change -> {
            change.handle().execute("ALTER TABLE vectors ADD CONSTRAINT few CHECK (number < 900)");
            return true;
        });
        Map<String, List<String>> before = rows(server);

        assertThatThrownBy(() -> StoreCopy.copy(file, server)).isInstanceOf(RuntimeException.class);
        assertThat(rows(server)).isEqualTo(before);
    }

    private void fill() {
        Random random = new Random(5);
        TaskStore tasks = new SqlTaskStore(file, InstantSource.system());
        tasks.define(StoreFixture.task());
        for (int i = 0; i < EXAMPLES; i++) {
            StoreFixture.teach(
                    tasks, StoreFixture.teaching("text " + i, Map.of("member", StoreFixture.vector(random, 8))));
        }
        SqlKnowledgeStore graphs = new SqlKnowledgeStore(file, InstantSource.system());
        GraphId graph = new GraphId("places");
        graphs.define(new GraphDefinition(graph, "where things are"));
        graphs.begin("job_1", graph, new Provenance("source", "", "", 1));
        graphs.add("job_1", List.of(Statement.label("oslo", "Oslo", "en")));
        graphs.finish("job_1", "");
        new SqlApiKeyStore(file, InstantSource.system())
                .add(new ApiKey(
                        "key_1",
                        "website",
                        Role.READER,
                        "ab",
                        Instant.EPOCH,
                        Optional.empty(),
                        new Quota(Optional.of(60), Optional.empty())));
        file.write(change -> change.handle()
                .execute("INSERT INTO taught_examples (actor, day, examples) VALUES ('key_1', 20000, 5)"));
    }

    /** Each table's rows, in an order that both databases have. */
    private static Map<String, List<String>> rows(Database database) {
        Map<String, List<String>> rowsByTable = new TreeMap<>();
        for (String table : TABLES) {
            rowsByTable.put(table, database.read(handle -> {
                List<String> rows = new ArrayList<>();
                handle.createQuery("SELECT * FROM " + table)
                        .mapToMap()
                        .forEach(row ->
                                rows.add(new TreeMap<>(row)
                                                .entrySet().stream()
                                                        .map(StoreCopyTest::column)
                                                        .toList() + ""));
                return List.copyOf(new TreeSet<>(rows));
            }));
        }
        return rowsByTable;
    }

    private static String column(Map.Entry<String, Object> column) {
        Object value = column.getValue();
        Object plain = value instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : value;
        return column.getKey() + "=" + (plain instanceof Number number ? number.doubleValue() : plain);
    }

    private static final List<String> TABLES = List.of(
            "sequences",
            "revisions",
            "tasks",
            "task_definitions",
            "examples",
            "members",
            "vectors",
            "graphs",
            "graph_imports",
            "statements",
            "prediction_segments",
            "audit_events",
            "api_keys",
            "taught_examples");
}
