// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.store.StoreFixture.TASK;
import static dev.perennial.store.StoreFixture.task;
import static dev.perennial.store.StoreFixture.teach;
import static dev.perennial.store.StoreFixture.teaching;
import static dev.perennial.store.StoreFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.SourceName;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was forgotten is in no byte of any file. */
final class SqliteErasureTest {
    private static final int DIMENSION = 384;

    /** An example that was stored, and how to find it again in the files. */
    private record Trace(String id, String text, String key, List<float[]> vectors) {
        boolean isIn(StoredBytes bytes) {
            return bytes.contain(text) || bytes.contain(key) || vectors.stream().anyMatch(bytes::contain);
        }
    }

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private SqlTaskStore store;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlTaskStore(database, InstantSource.system());
        if (store.task(TASK).isEmpty()) {
            store.define(task());
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void forget_erasesTextAndVectorsFromTheFiles() {
        Random random = new Random(1);
        Trace kept = add(random, 40);
        Trace forgotten = add(random, 4_000);
        assertThat(forgotten.isIn(StoredBytes.in(directory))).isTrue();
        store.forget(TASK, forgotten.id());
        assertThat(forgotten.isIn(StoredBytes.in(directory))).isFalse();
        assertThat(kept.isIn(StoredBytes.in(directory))).isTrue();
    }

    @Test
    void expire_erasesWhatOnlyOldRevisionsHave() {
        Random random = new Random(1);
        store.define(new Task(
                TASK,
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "a former instruction",
                List.of(),
                Optional.empty(),
                Policy.DEFAULT));
        store.define(task());
        Trace kept = add(random, 40);
        RevisionId earlier = store.task(TASK).orElseThrow().revision();
        Trace setAside = add(random, 4_000);
        SqlRevisionStore revisions = new SqlRevisionStore(database, InstantSource.system());
        RevisionId back =
                revisions.restore(TASK, earlier, Optional.of(earlier)).task().revision();
        assertThat(setAside.isIn(StoredBytes.in(directory))).isTrue();

        store.expire(TASK, Instant.now().plusSeconds(3600));

        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(setAside.isIn(bytes)).isFalse();
        assertThat(bytes.contain("a former instruction")).isFalse();
        assertThat(kept.isIn(bytes)).isTrue();
        assertThat(store.task(TASK).orElseThrow().revision()).isEqualTo(back);
        assertThat(revisions.state(TASK, earlier).orElseThrow().erased()).isZero();
    }

    @Test
    void forget_erasesPairLabelsAndExternalId() {
        Teaching teaching = new Teaching(
                Input.of(new Text("first text"), new Text("second text")),
                new Answer.Labels(List.of("rare label")),
                Optional.of("customer 4711"),
                1);
        String id = teach(store, new EncodedTeaching(teaching, Map.of()))
                .rows()
                .get(0)
                .exampleId();
        store.forget(TASK, id);
        StoredBytes bytes = StoredBytes.in(directory);
        for (String part : List.of("first text", "second text", "rare label", "customer 4711")) {
            assertThat(bytes.contain(part)).as(part).isFalse();
        }
    }

    @Test
    void undo_erasesAllThatTheSourceTaught_andItsName() {
        Random random = new Random(3);
        Trace kept = add(random, 300);
        List<Trace> traces = new ArrayList<>();
        SourceName source = new SourceName("crowd-worker.17");
        for (int i = 0; i < 30; i++) {
            EncodedTeaching encoded = random(random, 300);
            Teaching teaching = encoded.teaching().from(Optional.of(source));
            traces.add(taught(new EncodedTeaching(teaching, encoded.vectorByMember())));
        }
        assertThat(traces).allMatch(trace -> trace.isIn(StoredBytes.in(directory)));
        store.undo(TASK, source);
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(traces).noneMatch(trace -> trace.isIn(bytes));
        assertThat(bytes.contain("crowd-worker.17")).isFalse();
        assertThat(kept.isIn(bytes)).isTrue();
    }

    @Test
    void replace_erasesWhatItReplaces() {
        teach(store, named("the first version"));
        teach(store, named("the second version"), named("the third version"));
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(bytes.contain("the first version")).isFalse();
        assertThat(bytes.contain("the second version")).isFalse();
        assertThat(bytes.contain("the third version")).isTrue();
    }

    @Test
    void remove_erasesAllExamples() {
        Random random = new Random(2);
        List<Trace> traces = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            traces.add(add(random, 300));
        }
        store.remove(TASK);
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(traces).noneMatch(trace -> trace.isIn(bytes));
    }

    @Test
    void remove_erasesATaskWithoutExamples() {
        TaskId id = new TaskId("bare");
        store.define(new Task(
                id,
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "a secret instruction",
                List.of(new Label("a secret label", "a secret description")),
                Optional.empty(),
                Policy.DEFAULT));
        float[] vector = vector(new Random(5), DIMENSION);
        store.putLabelVectors(id, "member-0", Map.of("digest", vector));
        store.remove(id);
        StoredBytes bytes = StoredBytes.in(directory);
        for (String part : List.of("a secret instruction", "a secret label", "a secret description")) {
            assertThat(bytes.contain(part)).as(part).isFalse();
        }
        assertThat(bytes.contain(vector)).isFalse();
    }

    /** Answers come and go by tables, are erased with examples of the same text, and mistakes too. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomHistories_leaveNoTraceOfAnswersAboutForgottenTexts(long number) {
        long seed = Long.getLong("perennial.seed", number);
        AnswerHistory history = new AnswerHistory(database, store, new Random(seed));
        for (int step = 0; step < 200; step++) {
            history.step();
        }
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(history.gone()).as("seed %d", seed).isNotEmpty().noneMatch(trace -> trace.isAllIn(bytes));
        assertThat(history.live()).as("seed %d", seed).isNotEmpty().allMatch(trace -> trace.isIn(bytes));
    }

    @Test
    void keepingNoTexts_erasesThemFromTheFiles() {
        AnswerHistory history = new AnswerHistory(database, store, new Random(9));
        for (int step = 0; step < 60; step++) {
            history.step();
        }
        List<AnswerHistory.Trace> live = List.copyOf(history.live());
        new SqlPredictionStore(database).keepTexts(TASK, false, java.time.Instant.EPOCH);
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(live).isNotEmpty().noneMatch(trace -> bytes.contain(trace.textOfAnswer()));
        assertThat(live).allMatch(trace -> trace.isIn(bytes));
    }

    /** Rows of several sizes, so that pages would be merged if rows were deleted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomHistories_leaveNoTraceOfForgottenLabels(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        Map<String, float[]> live = new LinkedHashMap<>();
        Map<String, float[]> gone = new LinkedHashMap<>();
        for (int step = 0; step < 250; step++) {
            if (live.size() < 20 || random.nextInt(5) < 2) {
                String digest = ContentKey.ofText("label " + step).hex();
                live.put(digest, vector(random, 4 + random.nextInt(230)));
                store.putLabelVectors(TASK, "member-" + random.nextInt(2), Map.of(digest, live.get(digest)));
            } else {
                String digest = List.copyOf(live.keySet()).get(random.nextInt(live.size()));
                gone.put(digest, live.remove(digest));
                store.retainLabelVectors(TASK, live.keySet());
            }
        }
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(gone.keySet()).as("seed %d", seed).isNotEmpty().noneMatch(bytes::contain);
        assertThat(gone.values()).as("seed %d", seed).noneMatch(bytes::contain);
        assertThat(live.values()).allMatch(bytes::contain);
    }

    @Test
    void forget_leavesATombstoneWithItsRevisions() {
        TeachingOutcome taught = teach(store, teaching("one", Map.of()));
        String id = taught.rows().get(0).exampleId();
        long removedBy = store.forget(TASK, id).revision().number();
        Map<String, Object> row = database.read(handle ->
                handle.createQuery("SELECT * FROM examples").mapToMap().one());
        row.values().removeIf(java.util.Objects::isNull);
        assertThat(row).containsOnlyKeys("number", "task_id", "added_revision", "added_at", "removed_revision");
        assertThat(((Number) row.get("removed_revision")).longValue()).isEqualTo(removedBy);
        assertThat(((Number) row.get("added_revision")).longValue())
                .isEqualTo(taught.revision().number());
    }

    /** Pages split, merge and move rows; no copy may stay behind. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void randomHistories_leaveNoTraceOfForgottenExamples(long number) {
        long seed = Long.getLong("perennial.seed", number);
        Random random = new Random(seed);
        List<Trace> live = new ArrayList<>();
        List<Trace> gone = new ArrayList<>();
        for (int step = 0; step < 250; step++) {
            if (live.size() < 40 || random.nextInt(5) < 2) {
                live.add(add(random, 1 + random.nextInt(random.nextInt(8) == 0 ? 20_000 : 600)));
            } else {
                Trace trace = live.remove(random.nextInt(live.size()));
                store.forget(TASK, trace.id());
                gone.add(trace);
            }
        }
        StoredBytes bytes = StoredBytes.in(directory);
        assertThat(gone).as("seed %d", seed).isNotEmpty().noneMatch(trace -> trace.isIn(bytes));
        assertThat(live).allMatch(trace -> trace.isIn(bytes));
    }

    /** A row that grows may split its page, which leaves copies of other rows. */
    @Test
    void goingBackAndForth_changesNoRowThatHoldsText() {
        Random random = new Random(6);
        SqlRevisionStore revisions = new SqlRevisionStore(database, InstantSource.system());
        RevisionId bare = store.task(TASK).orElseThrow().revision();
        for (int i = 0; i < 5; i++) {
            add(random, 100);
        }
        RevisionId all = store.task(TASK).orElseThrow().revision();
        List<Map<String, Object>> before = rows();
        for (RevisionId target : List.of(bare, all, bare, all, bare)) {
            revisions.restore(TASK, target, Optional.empty());
            assertThat(rows()).isEqualTo(before);
        }
        assertThat(store.examples(TASK)).isEmpty();
    }

    private List<Map<String, Object>> rows() {
        return database.read(handle -> handle.createQuery("SELECT * FROM examples ORDER BY number")
                .mapToMap()
                .list());
    }

    @Test
    void forget_erasesWhileOthersRead() throws Exception {
        Random random = new Random(3);
        List<Trace> traces = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            traces.add(add(random, 300));
        }
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(6);
        List<Future<?>> reading = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            reading.add(readers.submit(() -> {
                while (!stop.get()) {
                    assertThat(store.vectors(TASK, "member-0").size()).isBetween(20, 40);
                    assertThat(store.examples(TASK).size()).isBetween(20, 40);
                }
            }));
        }
        try {
            for (Trace trace : traces.subList(0, 20)) {
                store.forget(TASK, trace.id());
                assertThat(trace.isIn(StoredBytes.in(directory))).isFalse();
            }
        } finally {
            stop.set(true);
            readers.shutdown();
            assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        for (Future<?> future : reading) {
            future.get();
        }
    }

    @Test
    void open_givesBackTheSpaceOfManyForgottenExamples() {
        Random random = new Random(4);
        EncodedTeaching[] many = new EncodedTeaching[600];
        for (int i = 0; i < many.length; i++) {
            many[i] = teaching("text " + i, vectors(random));
        }
        teach(store, many);
        Trace kept = add(random, 300);
        Trace later = add(random, 300);
        for (var example : store.examples(TASK).subList(0, many.length)) {
            database.write(change -> {
                change.handle()
                        .execute("UPDATE vectors SET vector = NULL WHERE example = ?", ExampleId.numberOf(example));
                change.reserve("emptied", 2);
                return example;
            });
        }
        close();
        long before = store.sizeInBytes().orElseThrow();
        open();
        assertThat(store.sizeInBytes().orElseThrow()).isLessThan(before / 2);
        assertThat(kept.isIn(StoredBytes.in(directory))).isTrue();
        assertThat(store.examples(TASK)).hasSize(many.length + 2);
        store.forget(TASK, later.id());
        assertThat(later.isIn(StoredBytes.in(directory))).isFalse();
    }

    private Trace add(Random random, int length) {
        return taught(random(random, length));
    }

    private static EncodedTeaching random(Random random, int length) {
        StringBuilder text = new StringBuilder("trace " + random.nextLong() + " ");
        while (text.length() < length) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return teaching(text.toString(), vectors(random));
    }

    private Trace taught(EncodedTeaching encoded) {
        String id = teach(store, encoded).rows().get(0).exampleId();
        return new Trace(
                id,
                encoded.teaching().input().text().value().substring(0, 20),
                encoded.teaching().contentKey().hex(),
                List.copyOf(encoded.vectorByMember().values()));
    }

    private static Map<String, float[]> vectors(Random random) {
        return Map.of("member-0", vector(random, DIMENSION), "member-1", vector(random, DIMENSION));
    }

    private static EncodedTeaching named(String text) {
        return new EncodedTeaching(
                new Teaching(Input.of(new Text(text)), new Answer.OneLabel("label"), Optional.of("row"), 1), Map.of());
    }
}
