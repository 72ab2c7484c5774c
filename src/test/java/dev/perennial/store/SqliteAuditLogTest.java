// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.store.StoreFixture.TASK;
import static dev.perennial.store.StoreFixture.task;
import static dev.perennial.store.StoreFixture.teach;
import static dev.perennial.store.StoreFixture.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.document.DocumentSource;
import dev.perennial.document.SourceId;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refresh.AdaptationJob;
import dev.perennial.refresh.ExportJob;
import dev.perennial.refresh.Job;
import dev.perennial.refresh.MemberJob;
import dev.perennial.refresh.RefreshJob;
import dev.perennial.refresh.RefreshOrder;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.AuditEvent;
import dev.perennial.task.AuditEvent.Counts;
import dev.perennial.task.AuditEvent.Subject;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.Origin;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every change leaves one event, and nothing else does. */
final class SqliteAuditLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    private final AtomicReference<Origin> origin = new AtomicReference<>(Origin.SERVICE);

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private SqlTaskStore tasks;
    private SqlAuditLog log;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"), origin::get);
        tasks = new SqlTaskStore(database, CLOCK);
        log = new SqlAuditLog(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void changesOfATask_areToldWithWhoMadeThemAndHowMuch() {
        origin.set(Origin.request("0af7651916cd43dd8448eb211c80319c"));
        tasks.define(task());
        tasks.define(task().withPolicy(new Policy(0.8, OptionalDouble.empty(), 0, OptionalDouble.empty(), Map.of())));
        origin.set(Origin.SERVICE);
        String first = teach(tasks, named("x", "one"), teaching("two", Map.of()))
                .rows()
                .get(0)
                .exampleId();
        String second = teach(tasks, named("x", "other")).rows().get(0).exampleId();
        teach(tasks, named("correction:1", "three"));
        tasks.forget(TASK, second);
        tasks.renew(TASK);
        tasks.remove(TASK);

        List<AuditEvent> events = events();
        assertThat(events)
                .extracting(AuditEvent::action)
                .containsExactly(
                        "task.define",
                        "task.policy",
                        "examples.teach",
                        "examples.teach",
                        "feedback",
                        "example.forget",
                        "task.renew",
                        "task.remove");
        assertThat(events)
                .extracting(AuditEvent::counts)
                .containsExactly(
                        Counts.NONE,
                        Counts.NONE,
                        new Counts(2, 0),
                        new Counts(1, 1),
                        new Counts(1, 0),
                        new Counts(0, 1),
                        Counts.NONE,
                        new Counts(0, 2));
        assertThat(events).extracting(AuditEvent::subject).containsOnly(Subject.task(TASK));
        assertThat(events.get(0))
                .isEqualTo(new AuditEvent(
                        "ev_0000000000000001",
                        NOW,
                        new Origin("anonymous", Optional.of("0af7651916cd43dd8448eb211c80319c")),
                        "task.define",
                        Subject.task(TASK),
                        Optional.of(new RevisionId(1)),
                        Counts.NONE));
        assertThat(events.get(2).origin()).isEqualTo(Origin.SERVICE);
        assertThat(events.toString()).doesNotContain("one").doesNotContain(first);
    }

    @Test
    void whatChangesNothingOrFails_isNotTold() {
        tasks.define(task());
        teach(tasks, teaching("one", Map.of()));
        int before = events().size();

        tasks.define(task());
        teach(tasks, teaching("one", Map.of()));
        assertThatThrownBy(() -> tasks.forget(TASK, "ex_0000000000000099")).isInstanceOf(Refusal.NotFound.class);
        assertThat(tasks.remove(new TaskId("nobody"))).isEmpty();
        assertThatThrownBy(() -> tasks.teach(
                        TASK,
                        List.of(teaching("two", Map.of())),
                        Optional.of(new Idempotency("key", "digest")),
                        outcome -> {
                            throw new IllegalStateException("after the rows were written");
                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(events()).hasSize(before);
        assertThat(tasks.examples(TASK)).hasSize(1);
    }

    @Test
    void eventsOfOneTask_areFound_alsoWhenItIsRemoved() {
        TaskId other = new TaskId("other");
        tasks.define(task());
        tasks.define(new Task(other, task().kind(), task().input(), "", List.of(), Optional.empty(), Policy.DEFAULT));
        new SqlKnowledgeStore(database, CLOCK).define(new GraphDefinition(new GraphId(TASK.value()), ""));
        tasks.remove(TASK);

        assertThat(log.events("", 10, Optional.of(TASK)))
                .extracting(AuditEvent::action)
                .containsExactly("task.define", "task.remove");
        assertThat(log.events("", 10, Optional.of(other))).hasSize(1);
    }

    @Test
    void pages_goOnAfterAnEvent() {
        tasks.define(task());
        for (int i = 0; i < 4; i++) {
            tasks.renew(TASK);
        }
        List<AuditEvent> all = events();
        assertThat(all).hasSize(5);
        assertThat(log.events("", 2, Optional.empty())).isEqualTo(all.subList(0, 2));
        assertThat(log.events(all.get(1).id(), 2, Optional.empty())).isEqualTo(all.subList(2, 4));
        assertThat(log.events(all.get(2).id(), 9, Optional.of(TASK))).isEqualTo(all.subList(3, 5));
        assertThat(log.events("ev_nonsense", 9, Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM audit_events",
                "DELETE FROM audit_events WHERE number = 1",
                "UPDATE audit_events SET actor = 'nobody'"
            })
    void events_stayWhateverTheDatabaseIsTold(String statement) {
        tasks.define(task());
        List<AuditEvent> before = events();

        assertThatThrownBy(() -> database.write(change -> change.handle().execute(statement)))
                .isInstanceOf(RuntimeException.class);

        assertThat(events()).isEqualTo(before).hasSize(1);
    }

    @Test
    void graphsAndDocuments_areTold() {
        SqlKnowledgeStore graphs = new SqlKnowledgeStore(database, CLOCK);
        SqlDocumentStore documents = new SqlDocumentStore(database, CLOCK);
        GraphId graph = new GraphId("places");
        SourceId source = new SourceId("handbook");
        graphs.define(new GraphDefinition(graph, ""));
        graphs.remove(graph);
        documents.define(new DocumentSource(source, "", "", 1, ""));
        documents.remove(source);

        assertThat(events())
                .extracting(AuditEvent::action)
                .containsExactly("graph.define", "graph.remove", "source.define", "source.remove");
        assertThat(events())
                .extracting(AuditEvent::subject)
                .containsExactly(
                        new Subject("graph", "places"),
                        new Subject("graph", "places"),
                        new Subject("sources", "handbook"),
                        new Subject("sources", "handbook"));
    }

    @ParameterizedTest
    @CsvSource({
        MemberJob.KIND + ", SUCCEEDED, false, {}, member.register",
        MemberJob.KIND + ", FAILED, false, {}, ",
        RefreshJob.KIND + ", SUCCEEDED, false, '{\"promoted\":true,\"member\":\"m\"}', refresh.promote",
        RefreshJob.KIND + ", SUCCEEDED, false, '{\"promoted\":false,\"member\":\"m\"}', refresh.reject",
        RefreshJob.KIND + ", SUCCEEDED, true, '{\"promoted\":false,\"member\":\"m\"}', refresh.revert",
        AdaptationJob.KIND + ", SUCCEEDED, true, '{\"promoted\":false,\"member\":\"m\"}', adaptation.end",
        AdaptationJob.KIND + ", CANCELLED, false, {}, job.cancel"
    })
    void jobs_tellWhatTheyHaveDoneToMembersWhenTheyEnd(
            String kind, Job.Status status, boolean goesBack, String result, String action) {
        SqlJobStore jobs = new SqlJobStore(database, CLOCK);
        RefreshOrder learn =
                new RefreshOrder(RefreshOrder.Aim.LEARN, "auto", "auto", List.of(), Duration.ofMinutes(1), 1);
        byte[] payload = (goesBack ? RefreshOrder.goBack() : learn).toBytes();
        jobs.accept(job(kind, Job.Status.QUEUED, Optional.empty()), payload, Optional.empty());
        jobs.update(job(kind, Job.Status.RUNNING, Optional.empty()), "progress", "{}");
        jobs.update(job(kind, status, Optional.of(result)), "done", "{}");

        List<AuditEvent> events = events();
        assertThat(events.get(0).action()).isEqualTo("job.accept");
        assertThat(events.get(0).subject()).isEqualTo(new Subject("job", "job_1"));
        assertThat(events.subList(1, events.size()))
                .extracting(AuditEvent::action)
                .isEqualTo(action == null ? List.of() : List.of(action));
        if (action != null && !action.startsWith("job")) {
            assertThat(events.get(1).subject()).isEqualTo(new Subject("member", "m"));
        }
    }

    @Test
    void export_isToldOfEachOfItsTasks() {
        SqlJobStore jobs = new SqlJobStore(database, CLOCK);
        byte[] payload =
                ExportJob.order(List.of(new TaskId("b"), new TaskId("a"))).payload();
        jobs.accept(job(ExportJob.KIND, Job.Status.QUEUED, Optional.empty()), payload, Optional.empty());
        jobs.update(job(ExportJob.KIND, Job.Status.SUCCEEDED, Optional.of("{}")), "done", "{}");

        assertThat(log.events("", 10, Optional.of(new TaskId("a"))))
                .extracting(AuditEvent::action)
                .containsExactly("export.make");
        assertThat(events()).hasSize(3);
        assertThat(log.latest()).isEqualTo(events().get(2).id());
    }

    private static Job job(String kind, Job.Status status, Optional<String> result) {
        return new Job(
                "job_1",
                kind,
                "m",
                status,
                new Job.Progress(0, 1, "steps", "waiting"),
                NOW,
                Optional.empty(),
                Optional.of(NOW),
                result,
                Optional.empty());
    }

    private static EncodedTeaching named(String externalId, String text) {
        return new EncodedTeaching(
                new Teaching(Input.of(new Text(text)), new Answer.OneLabel("label"), Optional.of(externalId), 1),
                Map.of());
    }

    private List<AuditEvent> events() {
        return log.events("", 100, Optional.empty());
    }
}
