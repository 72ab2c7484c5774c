// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphForm;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.GraphListener;
import dev.perennial.knowledge.GraphReading;
import dev.perennial.knowledge.GraphReading.Columns;
import dev.perennial.knowledge.GraphReading.Limits;
import dev.perennial.knowledge.GraphReading.Naming;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.Provenance;
import dev.perennial.knowledge.Statement;
import dev.perennial.refresh.JobProgress.JobStopped;
import dev.perennial.refusal.Refusal;
import dev.perennial.source.GraphFiles;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.store.UploadFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GraphImportJobTest {
    private static final GraphId GRAPH = new GraphId("places");
    private static final Provenance SOURCE = new Provenance("atlas", "https://example.org/", "CC0-1.0", 0.5);
    private static final int MOST = 5_000;

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private KnowledgeStore store;
    private Uploads uploads;
    private Graphs graphs;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlKnowledgeStore(database, () -> Instant.EPOCH);
        uploads = new UploadFiles(Files.createDirectory(directory.resolve("uploads")), KeptFiles.NONE);
        graphs = new Graphs(store, new Told(), new GraphClearing(store));
        graphs.define(new GraphDefinition(GRAPH, ""));
        told.clear();
    }

    @AfterEach
    void close() {
        graphs.close();
        database.close();
    }

    @Test
    void aFile_isSeenWhenAllOfItIsRead_andThenThoseWhoFollowAreTold() {
        JobWork.Outcome outcome = work("oslo\tlabel\tOslo\noslo\tin\tnorway\noslo\tin\tnorway\n", false);
        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result())
                .matches("\\{\"revision\":\"rev_[0-9]{16}\",\"statements\":2,\"repeated\":1,\"skipped\":0,"
                        + "\"faults\":\\[]}");
        assertThat(store.statements(GRAPH, "oslo").statements())
                .containsExactly(Statement.label("oslo", "Oslo", ""), Statement.relation("oslo", "in", "norway"));
        assertThat(store.sources(GRAPH))
                .extracting(KnowledgeStore.Contribution::provenance)
                .containsExactly(SOURCE);
        assertThat(told).containsExactly("changed places with 2");
        assertThat(staged()).isEmpty();
    }

    @Test
    void aFault_undoesAll() {
        String file = lines(2_500) + "broken\n";
        assertThatThrownBy(() -> work(file, false))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageStartingWith("Line 2501 has 1 fields")
                .hasMessageContaining("on_error=skip");
        job().giveUp(queued("job_1"), lastPayload);
        assertThat(store.open()).isEmpty();
        assertThat(store.sources(GRAPH)).isEmpty();
        assertThat(told).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void faults_areLeftOutAndReported_theFirstHundredOfThem() {
        JobWork.Outcome outcome = work("a\tr\tb\n" + "secret\n".repeat(150) + "a\tr\tc\n", true);
        assertThat(outcome.result())
                .contains("\"statements\":2")
                .contains("\"skipped\":150")
                .contains("{\"line\":2,\"detail\":\"has 1 fields; three are separated by tabs\"}")
                .contains("\"line\":101,")
                .doesNotContain("\"line\":102,")
                .doesNotContain("secret");
    }

    @Test
    void cancelled_leavesNothing() {
        JobWork.Outcome outcome = job().work(queued("job_1"), payload(lines(3_000), false), new Cancelling(2));
        assertThat(outcome.complete()).isFalse();
        assertThat(store.open()).isEmpty();
        assertThat(store.sources(GRAPH)).isEmpty();
        assertThat(told).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void begunAgain_beginsFromTheBeginning() {
        byte[] payload = payload(lines(3_000), false);
        assertThatThrownBy(() -> job().work(queued("job_1"), payload, new Stopping(2)))
                .isInstanceOf(JobStopped.class);
        assertThat(store.open()).containsExactly("job_1");
        assertThat(store.sources(GRAPH)).isEmpty();
        JobWork.Outcome outcome = job().work(queued("job_1"), payload, new SilentProgress());
        assertThat(outcome.result()).contains("\"statements\":3000").contains("\"repeated\":0");
    }

    @Test
    void finishedButNotRecorded_isNotDoneTwice() {
        byte[] payload = payload("a\tr\tb\nbroken\n", true);
        String first =
                job().work(queued("job_1"), payload, new SilentProgress()).result();
        assertThat(job().work(queued("job_1"), payload, new SilentProgress()).result())
                .isEqualTo(first)
                .contains("\"skipped\":1");
        assertThat(told).hasSize(1);
    }

    @Test
    void aGraphThatIsFull_takesNoMore() {
        work(lines(MOST), false);
        lastJob = "job_2";
        assertThatThrownBy(() -> work("more\tr\tb\n", false))
                .isInstanceOf(Refusal.TooLarge.class)
                .hasMessageContaining("graph_statements");
        job().giveUp(queued("job_2"), lastPayload);
        assertThat(store.graph(GRAPH).orElseThrow().statements()).isEqualTo(MOST);
        lastJob = "job_3";
        assertThat(work(lines(MOST), false).result()).contains("\"repeated\":" + MOST);
    }

    @Test
    void nodesWithoutAName_differFromImportToImport() {
        String file = "_:a <http://e/r> <http://e/b> .\n";
        for (String id : List.of("job_1", "job_2")) {
            lastJob = id;
            job().work(queued(id), payload(file, false, GraphForm.N_TRIPLES), new SilentProgress());
        }
        List<String> entities = new ArrayList<>();
        store.read(GRAPH, group -> entities.add(group.get(0).entity()));
        assertThat(entities).containsExactly("_:job_1/a", "_:job_2/a");
    }

    @Test
    void recover_undoesImportsOfJobsThatAreGone_andRemovesTheirFiles() {
        JobStore jobs = new SqlJobStore(database, () -> Instant.EPOCH);
        byte[] kept = payload(lines(3_000), false);
        jobs.accept(queued("job_1"), kept, Optional.empty());
        byte[] gone = payload(lines(3_000), false);
        for (String id : List.of("job_1", "job_2")) {
            byte[] payload = id.equals("job_1") ? kept : gone;
            assertThatThrownBy(() -> job().work(queued(id), payload, new Stopping(2)))
                    .isInstanceOf(JobStopped.class);
        }
        assertThat(staged()).hasSize(2);
        job().recover(jobs);
        assertThat(store.open()).containsExactly("job_1");
        assertThat(staged()).hasSize(1);
        assertThat(job().work(queued("job_1"), kept, new SilentProgress()).complete())
                .isTrue();
    }

    @Test
    void progress_isInBytesOfWhatWasSent() {
        List<Job.Progress> reports = new ArrayList<>();
        byte[] payload = payload(lines(25_000), false);
        GraphImportJob roomy = new GraphImportJob(graphs, new GraphFiles(), uploads, 100_000);
        roomy.work(queued("job_1"), payload, new Cancelling(Integer.MAX_VALUE) {
            @Override
            public void report(long done, long total, String message) {
                reports.add(new Job.Progress(done, total, "bytes", message));
            }
        });
        long size = lines(25_000).length();
        assertThat(reports)
                .hasSize(3)
                .allSatisfy(report -> assertThat(report.total()).isEqualTo(size));
        assertThat(reports.get(0).done()).isBetween(size / 3, size / 2);
        assertThat(reports.get(1).done()).isBetween(size * 2 / 3, size * 9 / 10);
        assertThat(reports.get(2).done()).isEqualTo(size);
        assertThat(reports.get(2).message()).isEqualTo("statements: 25000 new, 0 repeated");
    }

    @Test
    void aGraphThatIsRemovedMeanwhile_isSaidToBe() {
        byte[] payload = payload(lines(3_000), false);
        assertThatThrownBy(() -> job().work(queued("job_1"), payload, new Meanwhile(() -> store.remove(GRAPH))))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("graph was removed");
    }

    @Test
    void twoAtOnce_doNotFillTheGraphBeyondItsLimit() {
        byte[] first = payload(lines(3_000), false);
        byte[] second = payload(lines(3_000).replace('e', 'f'), false);
        Meanwhile other = new Meanwhile(() -> job().work(queued("job_2"), second, new SilentProgress()));
        assertThatThrownBy(() -> job().work(queued("job_1"), first, other))
                .isInstanceOf(Refusal.TooLarge.class)
                .hasMessageContaining("graph_statements");
        job().giveUp(queued("job_1"), first);
        assertThat(store.graph(GRAPH).orElseThrow().statements()).isEqualTo(3_000);
        assertThat(store.statements(GRAPH, "e1").statements()).isEmpty();
        assertThat(store.statements(GRAPH, "f1").statements()).hasSize(5);
        assertThat(store.open()).isEmpty();
    }

    private String lastJob = "job_1";
    private byte[] lastPayload = new byte[0];

    private JobWork.Outcome work(String file, boolean skipping) {
        lastPayload = payload(file, skipping);
        return job().work(queued(lastJob), lastPayload, new SilentProgress());
    }

    private GraphImportJob job() {
        return new GraphImportJob(graphs, new GraphFiles(), uploads, MOST);
    }

    private byte[] payload(String file, boolean skipping) {
        return payload(file, skipping, GraphForm.TSV);
    }

    private byte[] payload(String file, boolean skipping, GraphForm form) {
        String upload = uploads.stage(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
        GraphReading reading = new GraphReading(
                form,
                Optional.of("https://example.org/"),
                "",
                "",
                Naming.USUAL,
                new Columns(Optional.of("id"), Set.of("a", "b"), Set.of(), Set.of(), Set.of("c")),
                new Limits(100, 1_000, 1_000));
        GraphImport order = new GraphImport(Optional.of(upload), SOURCE, skipping, reading);
        assertThat(GraphImport.of(order.toBytes(), "")).isEqualTo(order);
        return GraphImportJob.order(GRAPH, order).payload();
    }

    private static String lines(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("e").append(i / 5).append("\tr").append(i % 5).append("\tx\n");
        }
        return lines.toString();
    }

    private List<Path> staged() {
        try (Stream<Path> files = Files.list(directory.resolve("uploads"))) {
            return files.toList();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static Job queued(String id) {
        return new Job(
                id,
                GraphImportJob.KIND,
                GRAPH.value(),
                Job.Status.QUEUED,
                new Job.Progress(0, 0, "statements", "waiting"),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private final class Told implements GraphListener {
        @Override
        public void changed(GraphId graph) {
            told.add("changed " + graph + " with "
                    + store.graph(graph).orElseThrow().statements());
        }

        @Override
        public void edited(GraphId graph, String entity) {
            told.add("edited " + entity);
        }
    }

    /** Cancelled after it was asked so often. */
    private static class Cancelling implements JobProgress {
        private int left;

        Cancelling(int left) {
            this.left = left;
        }

        @Override
        public void report(long done, long total, String message) {}

        @Override
        public void log(String message) {}

        @Override
        public boolean mayGoOn() {
            return left-- > 0;
        }

        @Override
        public void pause(Duration duration) {}
    }

    /** Something happens while it is under way. */
    private static final class Meanwhile extends Cancelling {
        private final Runnable something;
        private int asked;

        Meanwhile(Runnable something) {
            super(Integer.MAX_VALUE);
            this.something = something;
        }

        @Override
        public boolean mayGoOn() {
            if (++asked == 2) {
                something.run();
            }
            return super.mayGoOn();
        }
    }

    /** Ends with the process after it was asked so often. */
    private static final class Stopping extends Cancelling {
        Stopping(int left) {
            super(left);
        }

        @Override
        public boolean mayGoOn() {
            if (!super.mayGoOn()) {
                throw new JobStopped();
            }
            return true;
        }
    }
}
