// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Origin;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is PostgreSQL's own; what every database promises is in {@link PostgresStoresTest}. */
final class PostgresDatabaseTest {
    private final PostgresSchema schema = PostgresSchema.create();
    private final PostgresDatabase database = schema.open();

    @AfterEach
    void drop() {
        database.close();
        schema.close();
    }

    @Test
    void texts_areOrderedByTheirBytes_whateverTheLanguageOfTheServer() {
        assertThat(read("SELECT 'a' < 'B'")).as("the server sorts otherwise").isEqualTo("t");
        database.write(change -> change.handle().execute("INSERT INTO texts_kept VALUES ('a'), ('B')"));

        assertThat(read("SELECT string_agg(task_id, '' ORDER BY task_id) FROM texts_kept"))
                .isEqualTo("Ba");
    }

    @Test
    void secondProcess_waits_untilTheFirstHasEnded() throws Exception {
        CompletableFuture<PostgresDatabase> second = CompletableFuture.supplyAsync(schema::open);
        assertThatThrownBy(() -> second.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(database.<Long>write(change -> change.reserve("revision", 1)))
                .isEqualTo(1);
        database.close();
        try (PostgresDatabase next = second.get(20, TimeUnit.SECONDS)) {
            assertThat(next.<Long>write(change -> change.reserve("revision", 1)))
                    .isEqualTo(2);
        }
    }

    @Test
    void processThatFollows_readsAndIsTold_changesNothing_andLeadsWhenItMay() throws Exception {
        database.close();
        PostgresSettings first = schema.settings().at("http://first:1");
        PostgresSettings second = schema.settings().at("http://second:2");
        try (PostgresDatabase leader = PostgresDatabase.open(first, () -> {}, () -> Origin.SERVICE);
                PostgresDatabase shared = PostgresDatabase.connect(second, () -> {}, () -> Origin.SERVICE)) {
            assertThat(shared.tryLead()).isFalse();
            assertThat(shared.leader()).contains("http://first:1");
            Semaphore told = new Semaphore(0);
            try (PostgresFeed feed = shared.follow(told::release)) {
                assertThat(told.tryAcquire(1, 20, TimeUnit.SECONDS)).isTrue();
                Database followed = shared.following();
                ChangeLog changes = new ChangeLog(followed);
                ChangeLog.Position before = changes.position();
                new SqlTaskStore(leader, InstantSource.system()).define(task("told"));
                Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    assertThat(changes.position()).isNotEqualTo(before);
                    assertThat(told.tryAcquire()).isTrue();
                });
                assertThat(changes.after(before.event())).singleElement().satisfies(entry -> {
                    assertThat(entry.kind()).isEqualTo("task");
                    assertThat(entry.subject()).isEqualTo("told");
                    assertThat(entry.revision()).hasValue(changes.position().revision());
                    assertThat(entry.erases()).isFalse();
                });
                TaskStore tasks = new SqlTaskStore(followed, InstantSource.system());
                assertThat(tasks.task(new TaskId("told"))).isPresent();
                assertThatThrownBy(() -> tasks.define(task("refused"))).isInstanceOf(Refusal.StoreUnavailable.class);
                assertThatThrownBy(() -> shared.write(change -> change.reserve("revision", 1)))
                        .isInstanceOf(Refusal.StoreUnavailable.class);
                // Those follow from something else, and are the leader's to write.
                assertThat(tasks.renew(new TaskId("told"))).isEqualTo(tasks.task(new TaskId("told")));
                tasks.putLabelVectors(new TaskId("told"), "member", Map.of("text", new float[] {1}));
                assertThat(tasks.labelVectors(new TaskId("told"), "member")).isEmpty();
                assertThat(shared.adding().<Long>write(change -> change.reserve("prediction", 2)))
                        .isEqualTo(1);
            }
            leader.close();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(shared::tryLead);
            assertThat(shared.leader()).contains("http://second:2");
            assertThat(shared.<Long>write(change -> change.reserve("prediction", 1)))
                    .isEqualTo(3);
        }
    }

    @Test
    void processWhoseLeaseWasTaken_changesNothing_andIsTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        database.close();
        PostgresSettings brief = new PostgresSettings(
                schema.settings().url(), Optional.empty(), Optional.empty(), 3, Duration.ofSeconds(1));
        try (PostgresDatabase hung = PostgresDatabase.open(brief, told::countDown, () -> Origin.SERVICE)) {
            long before = hung.write(change -> change.reserve("revision", 1));
            // As another process does that finds the lease run out.
            PostgresSchema.execute("UPDATE " + schema.name() + ".store_leases SET epoch = epoch + 1");

            assertThatThrownBy(() -> hung.write(change -> change.reserve("revision", 1)))
                    .isInstanceOf(Refusal.StoreUnavailable.class)
                    .hasMessageContaining("taken this schema");
            assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
            String after =
                    hung.read(handle -> only(handle, "SELECT last_value FROM sequences WHERE name = 'revision'"));
            assertThat(after).isEqualTo(Long.toString(before));
        }
    }

    /** What a process leaves behind that is paused in the midst of a change, or of renewing its lease. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_advisory_xact_lock(" + PostgresDatabase.LOCK + ", hashtext(current_schema()))",
                "SELECT 1 FROM store_leases FOR UPDATE"
            })
    void processThatFindsALockOfOneThatHangs_doesNotWaitForIt_andLeadsLater(String held) throws Exception {
        database.close();
        try (PostgresDatabase next = PostgresDatabase.connect(schema.settings(), () -> {}, () -> Origin.SERVICE)) {
            try (Connection hung = DriverManager.getConnection(schema.settings().url());
                    Statement statement = hung.createStatement()) {
                hung.setAutoCommit(false);
                statement.execute(held);

                assertThat(next.tryLead()).isFalse();
                hung.rollback();
            }
            assertThat(next.tryLead()).isTrue();
        }
    }

    @Test
    void closedSchema_isOpenedAgain_withWhatItHeld() {
        new SqlTaskStore(database, InstantSource.system()).define(task("kept"));
        database.close();
        try (PostgresDatabase again = schema.open()) {
            assertThat(new SqlTaskStore(again, InstantSource.system()).task(new TaskId("kept")))
                    .isPresent();
        }
    }

    @Test
    void connectionsThatTheServerEnded_areReplaced() {
        read("SELECT 1");
        database.write(change -> change.reserve("revision", 1));
        endConnections();

        // A connection that was in use a moment ago is not asked whether it answers: it may fail, once.
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
            assertThat(read("SELECT 1")).isEqualTo("1");
            assertThat(database.<Long>write(change -> change.reserve("revision", 1)))
                    .isGreaterThan(1);
        });
    }

    @Test
    void connectionsThatTheServerEnded_failAsUnavailable() {
        database.write(change -> change.reserve("revision", 1));
        assertThatThrownBy(() -> database.write(change -> {
                    endConnections();
                    return change.reserve("revision", 1);
                }))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("PostgreSQL cannot be reached");
    }

    @Test
    void change_thatFails_leavesNothing() {
        long before = Long.parseLong(read("SELECT last_value FROM sequences WHERE name = 'revision'"));
        assertThatThrownBy(() -> database.write(change -> {
                    change.reserve("revision", 5);
                    throw new IllegalStateException("fails");
                }))
                .hasMessage("fails");
        assertThat(Long.parseLong(read("SELECT last_value FROM sequences WHERE name = 'revision'")))
                .isEqualTo(before);
    }

    @Test
    void unforcedChange_isSeenAfterwards_andTheNextOneIsForced() {
        database.writeUnforced(change ->
                assertThat(only(change.handle(), "SHOW synchronous_commit")).isEqualTo("off"));
        assertThat(database.<String>write(change -> only(change.handle(), "SHOW synchronous_commit")))
                .isEqualTo("on");
    }

    @Test
    void auditEvents_cannotBeChanged() {
        new SqlTaskStore(database, InstantSource.system()).define(task("told"));
        assertThat(read("SELECT count(*) FROM audit_events")).isEqualTo("1");
        for (String sql : List.of("DELETE FROM audit_events", "UPDATE audit_events SET actor = 'else'")) {
            assertThatThrownBy(() -> database.write(change -> change.handle().execute(sql)))
                    .hasMessageContaining("audit events stay");
        }
    }

    @Test
    void failures_tellNeitherPasswordNorWhatWasAsked() {
        PostgresSettings settings = schema.settings();
        PostgresSettings unreachable = new PostgresSettings(
                "jdbc:postgresql://localhost:1/none",
                Optional.of("someone"),
                Optional.of("secret"),
                2,
                Duration.ofSeconds(1));
        assertThatThrownBy(() -> PostgresDatabase.open(unreachable, () -> {}, () -> Origin.SERVICE))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("cannot be reached")
                .hasMessageNotContaining("secret");
        PostgresSettings wrong = new PostgresSettings(
                "jdbc:postgresql://hidden:99999/none", Optional.empty(), Optional.empty(), 2, Duration.ofSeconds(1));
        assertThatThrownBy(() -> PostgresDatabase.open(wrong, () -> {}, () -> Origin.SERVICE))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> new PostgresSettings(
                        "jdbc:postgresql://host/one?user=a&password=secret",
                        Optional.empty(),
                        Optional.empty(),
                        2,
                        Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        PostgresSettings elsewhere = new PostgresSettings(
                settings.url().replaceAll("currentSchema=\\w+", "currentSchema=nowhere"),
                settings.user(),
                settings.password(),
                2,
                Duration.ofSeconds(1));
        assertThatThrownBy(() -> PostgresDatabase.open(elsewhere, () -> {}, () -> Origin.SERVICE))
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("no schema of the name");
        assertThatThrownBy(() -> database.write(change ->
                        change.handle().execute("INSERT INTO sequences VALUES ('revision', 1) /* private */")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("(revision)")
                .hasMessageNotContaining("private");
    }

    @Test
    void sizeInBytes_growsWithWhatIsKept() {
        long before = database.sizeInBytes().orElseThrow();
        database.write(change -> change.handle()
                .execute("INSERT INTO job_payloads (number, payload) SELECT n, sha256(n::text::bytea)"
                        + " FROM generate_series(1, 5000) n"));
        assertThat(database.sizeInBytes().orElseThrow()).isGreaterThan(before + 5_000 * 32);
    }

    @Test
    void closedDatabase_refuses() {
        database.close();
        assertThatThrownBy(() -> read("SELECT 1")).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> database.write(change -> 1)).isInstanceOf(Refusal.StoreUnavailable.class);
    }

    private String read(String sql) {
        return database.read(handle -> only(handle, sql));
    }

    private static String only(Handle handle, String sql) {
        return handle.createQuery(sql).mapTo(String.class).one();
    }

    private static void endConnections() {
        PostgresSchema.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'perennial'");
    }

    private static Task task(String id) {
        return new Task(
                new TaskId(id), Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);
    }
}
