// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.blas.OpenBlas;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.kge.GraphModel;
import dev.perennial.kge.TrainingSettings;
import dev.perennial.knowledge.GraphClearing;
import dev.perennial.knowledge.GraphDefinition;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.Graphs;
import dev.perennial.knowledge.KnowledgeEncoder;
import dev.perennial.knowledge.KnowledgeStore;
import dev.perennial.knowledge.LiveGraphs;
import dev.perennial.knowledge.Statement;
import dev.perennial.knowledge.WordVectorsFile.Format;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqlKnowledgeStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.store.UploadFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphVectorsJobTest {
    private static final GraphId GRAPH = new GraphId("ring");
    private static final int ENTITIES = 6;
    private static final TrainingSettings SETTINGS =
            new TrainingSettings(GraphModel.COMPLEX, 4, 3, 8, 0, 0.1f, 1e-1f, 0.01f, 0.1f, 0, 0, 1);

    @TempDir
    private Path directory;

    private final EncoderPool pool = new EncoderPool(1, 1_000_000);
    private final Encoders encoders = new Encoders(pool, List.of(new FakeEncoder("a"), new FakeEncoder("b")));
    private final MemoryShelf shelf = new MemoryShelf();
    private final OpenBlas algebra = new OpenBlas(0);
    private final ForkJoinPool trainers = new ForkJoinPool(1);
    private Instant now = Instant.EPOCH;
    private SqliteDatabase database;
    private KnowledgeStore store;
    private Uploads uploads;
    private GraphLoader loader;
    private GraphKeeper keeper;
    private Graphs graphs;
    private GraphVectorsJob job;

    @BeforeEach
    void open() throws IOException {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlKnowledgeStore(database, () -> now);
        uploads = new UploadFiles(Files.createDirectory(directory.resolve("uploads")), KeptFiles.NONE);
        loader = new GraphLoader(store, shelf, encoders, 1L << 28);
        keeper = new GraphKeeper(store, shelf, loader, new LiveGraphs(), () -> {});
        graphs = new Graphs(store, keeper, new GraphClearing(store));
        job = new GraphVectorsJob(keeper, shelf, encoders, uploads, algebra, trainers);
        graphs.define(new GraphDefinition(GRAPH, ""));
        keeper.settle(GRAPH);
        for (int i = 0; i < ENTITIES; i++) {
            graphs.edit(GRAPH, "e" + i, entity("e" + i, "e" + (i + 1) % ENTITIES));
        }
    }

    @AfterEach
    void close() {
        trainers.shutdownNow();
        graphs.close();
        pool.close();
        database.close();
    }

    private static List<Statement> entity(String entity, String next) {
        return List.of(Statement.label(entity, entity, ""), Statement.relation(entity, "next", next));
    }

    private static Job running(String id, String kind) {
        return new Job(
                id,
                kind,
                GRAPH.value(),
                Job.Status.RUNNING,
                new Job.Progress(0, 0, "steps", "waiting"),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Job ended(Job job) {
        return new Job(
                job.id(),
                job.kind(),
                job.subject(),
                Job.Status.FAILED,
                job.progress(),
                job.createdAt(),
                Optional.empty(),
                Optional.of(Instant.EPOCH),
                Optional.empty(),
                Optional.of("{}"));
    }

    private JobWork.Outcome work(GraphVectorsOrder order, JobProgress progress) {
        return job.work(running("job_1", GraphVectorsJob.KIND), order.toBytes(), progress);
    }

    private KnowledgeEncoder serving() {
        return keeper.find(GRAPH).orElseThrow();
    }

    private JobWork.Outcome evaluated() {
        byte[] triples = GraphEvaluationJob.order(GRAPH, "e0\tnext\te1\n", "").payload();
        return new GraphEvaluationJob(shelf, algebra, trainers)
                .work(running("job_2", GraphEvaluationJob.KIND), triples, new SilentProgress());
    }

    @Test
    void training_endsWithVectorsThatServe_andNoneThatGoesOn() {
        JobWork.Outcome outcome = work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.result()).contains("\"vectors\":6").contains("\"dimension\":8");
        assertThat(serving().info().dimension()).isEqualTo(9);
        assertThat(shelf.training(GRAPH)).isEmpty();
        assertThat(evaluated().result()).contains("\"triples\":1");
    }

    @Test
    void trainingThatGoesOn_isNotTheOneThatIsEvaluated() {
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        String before = evaluated().result();
        shelf.keepTraining(GRAPH, out -> out.write("half of another".getBytes(StandardCharsets.UTF_8)));

        assertThat(evaluated().result()).isEqualTo(before);
    }

    @Test
    void cancelledTraining_leavesEverythingAsItWas() {
        String before = serving().info().digest();
        JobWork.Outcome outcome = work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress() {
            @Override
            public boolean mayGoOn() {
                return false;
            }
        });

        assertThat(outcome.complete()).isFalse();
        assertThat(serving().info().digest()).isEqualTo(before);
        assertThat(shelf.given(GRAPH)).isEmpty();
        assertThat(shelf.trained(GRAPH)).isEmpty();
        assertThat(shelf.training(GRAPH)).isEmpty();
    }

    @Test
    void trainingThatFailed_isNotKept() {
        byte[] payload = new GraphVectorsOrder.Trained(SETTINGS).toBytes();
        Job failed = running("job_1", GraphVectorsJob.KIND);
        for (Runnable end : List.<Runnable>of(() -> job.giveUp(failed, payload), () -> job.abandon(failed, payload))) {
            shelf.keepTraining(GRAPH, out -> out.write(1));
            end.run();
            assertThat(shelf.training(GRAPH)).isEmpty();
        }
        shelf.keepTraining(GRAPH, out -> out.write(1));
        job.giveUp(failed, new GraphVectorsOrder.Textual("b").toBytes());
        assertThat(shelf.training(GRAPH)).as("of another job").isPresent();
    }

    @Test
    void trainingWithoutAJob_isNotKeptAtAStart() {
        JobStore jobs = new SqlJobStore(database, () -> now);
        Job going = running("job_0000000000000001", GraphVectorsJob.KIND);
        jobs.accept(going, new byte[0], Optional.empty());
        shelf.keepTraining(GRAPH, out -> out.write(1));

        GraphVectorsJob.recover(shelf, List.of(GRAPH), jobs);
        assertThat(shelf.training(GRAPH)).isPresent();
        jobs.update(ended(going), "done", "{}");
        GraphVectorsJob.recover(shelf, List.of(GRAPH), jobs);
        assertThat(shelf.training(GRAPH)).isEmpty();
    }

    @Test
    void vectorsThatAGateRefuses_leaveTheGraphAsItServed() {
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        String digest = serving().info().digest();
        String evaluated = evaluated().result();
        List<String> asked = new ArrayList<>();
        GraphVectorsJob.Gated refusing = new GraphVectorsJob.Gated(
                (graph, admittance) -> {
                    asked.add(graph.info().digest());
                    return false;
                },
                JobGate.OPEN);

        for (GraphVectorsOrder order :
                List.of(new GraphVectorsOrder.Trained(SETTINGS.withEpochs(9)), new GraphVectorsOrder.Textual("b"))) {
            JobWork.Outcome outcome = job.gatedBy(refusing)
                    .work(running("job_3", GraphVectorsJob.KIND), order.toBytes(), new SilentProgress());

            assertThat(outcome.complete()).isTrue();
            assertThat(outcome.result()).contains("\"promoted\":false");
            assertThat(shelf.training(GRAPH)).isEmpty();
        }
        assertThat(asked).hasSize(2).doesNotContain(digest).doesNotHaveDuplicates();
        assertThat(serving().info().digest()).isEqualTo(digest);
        assertThat(loader.load(GRAPH).info().digest()).isEqualTo(digest);
        assertThat(evaluated().result()).isEqualTo(evaluated);
    }

    @Test
    void trainingOfARemovedGraph_endsAndGivesTheNextOneNothing() {
        int[] epochs = {0};
        SilentProgress progress = new SilentProgress() {
            @Override
            public void report(long done, long total, String message) {
                if (epochs[0]++ == 0) {
                    now = Instant.EPOCH.plusSeconds(1);
                    graphs.remove(GRAPH);
                    graphs.define(new GraphDefinition(GRAPH, "another"));
                    graphs.edit(GRAPH, "e0", entity("e0", "e1"));
                    keeper.settle(GRAPH);
                }
            }
        };

        assertThatThrownBy(() -> work(new GraphVectorsOrder.Trained(SETTINGS.withEpochs(1000)), progress))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("removed");
        assertThat(epochs[0]).isLessThan(3);
        assertThat(shelf.given(GRAPH)).isEmpty();
        assertThat(serving().reader()).isPresent();
    }

    @Test
    void vectorsOfAGraphThatWasRemovedBefore_areNotMadeForTheNextOne() {
        now = Instant.EPOCH.plusSeconds(1);
        graphs.remove(GRAPH);
        graphs.define(new GraphDefinition(GRAPH, "another"));
        graphs.edit(GRAPH, "e0", entity("e0", "e1"));
        keeper.settle(GRAPH);

        assertThatThrownBy(() -> work(new GraphVectorsOrder.Textual("b"), new SilentProgress()))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress()))
                .isInstanceOf(Refusal.Conflict.class);
        assertThat(serving().reader()).get().extracting(info -> info.id()).isEqualTo("a");
    }

    @Test
    void vectorsOfARemovedGraph_areNotThoseOfTheNextOne() {
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        work(new GraphVectorsOrder.Textual("b"), new SilentProgress());
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        String trained = serving().info().digest();
        assertThat(serving().reader()).isEmpty();
        graphs.remove(GRAPH);
        graphs.define(new GraphDefinition(GRAPH, ""));
        for (int i = 0; i < ENTITIES; i++) {
            graphs.edit(GRAPH, "e" + i, entity("e" + i, "e" + (i + 1) % ENTITIES));
        }
        keeper.settle(GRAPH);

        assertThat(shelf.given(GRAPH)).isEmpty();
        assertThat(shelf.trained(GRAPH)).isEmpty();
        assertThat(serving().info().digest()).isNotEqualTo(trained);
        assertThat(serving().reader())
                .as("the member that reads where none was chosen")
                .get()
                .extracting(info -> info.id())
                .isEqualTo("a");
        assertThat(loader.load(GRAPH).info().digest())
                .isEqualTo(serving().info().digest());
    }

    @Test
    void vectorsThatWouldTakeTooMuchMemory_areRefusedBeforeAnyIsMade() {
        TrainingSettings large = SETTINGS.withRank((1 << 25) / ENTITIES + 1).withEpochs(0);

        assertThatThrownBy(() -> work(new GraphVectorsOrder.Trained(large), new SilentProgress()))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("6 entities");
        assertThat(shelf.training(GRAPH)).isEmpty();
    }

    @Test
    void entityThatCameAfterTheTraining_hasAVectorAtOnce_andTheSameAfterAStart() {
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        graphs.edit(GRAPH, "late", entity("late", "e2"));
        graphs.edit(GRAPH, "later", List.of(Statement.label("later", "later", "")));
        keeper.settle(GRAPH);

        for (String name : List.of("late", "later")) {
            float[] now = serving().encode(List.of(Passage.of(name))).get(0).vector();
            assertThat(now[8]).as("what is not known of %s", name).isLessThan(0.9f);
            assertThat(loader.load(GRAPH)
                            .encode(List.of(Passage.of(name)))
                            .get(0)
                            .vector())
                    .isEqualTo(now);
        }
        assertThat(loader.load(GRAPH).info().digest())
                .isEqualTo(serving().info().digest());
    }

    @Test
    void textualVectors_areReadByTheChosenMember_andTakeThePlaceOfGivenOnes() {
        work(new GraphVectorsOrder.Trained(SETTINGS), new SilentProgress());
        work(new GraphVectorsOrder.Textual("b"), new SilentProgress());

        assertThat(serving().info().dimension()).isEqualTo(65);
        assertThat(serving().space())
                .isEqualTo("read by " + encoders.find("b").orElseThrow().info().digest());
        assertThat(loader.load(GRAPH).info().digest())
                .isEqualTo(serving().info().digest());
        assertThatThrownBy(() -> work(new GraphVectorsOrder.Textual("nobody"), new SilentProgress()))
                .isInstanceOf(Refusal.Conflict.class);
    }

    @Test
    void importedVectors_serve_andTheirFileIsDiscarded() throws IOException {
        String file = "2 3\ne0 1 0 0\ne1 0 1 0\n";
        String upload = uploads.stage(new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
        work(new GraphVectorsOrder.Imported(upload, Format.TEXT), new SilentProgress());

        assertThat(serving().info().dimension()).isEqualTo(4);
        assertThat(serving().vectors().vector("e2")).as("next to e1").isPresent();
        assertThatThrownBy(() -> uploads.open(upload).close()).isInstanceOf(Refusal.Invalid.class);
    }

    /** So many numbers that their sizes overflow, or that no memory holds them. */
    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MAX_VALUE / 3, -1})
    void keptTrainingThatAnnouncesMoreThanItHolds_isNone(int triples) {
        ByteBuffer kept = ByteBuffer.allocate(2 + 3 * Integer.BYTES);
        kept.putShort((short) 0).putInt(0).putInt(0).putInt(triples);
        assertThat(GraphVectorsJob.read(Optional.of(new ByteArrayInputStream(kept.array())), algebra))
                .isEmpty();
    }

    @Test
    void numbers_areTheSame_whicheverWayTheGraphCameToWhatItStates() {
        graphs.edit(GRAPH, "a-late-one", entity("a-late-one", "e2"));

        assertThat(NumberedGraph.of(serving().graph())
                        .isSame(NumberedGraph.of(loader.load(GRAPH).graph())))
                .isTrue();
    }
}
