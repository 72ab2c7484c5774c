// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static dev.perennial.feedback.Answers.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.store.SqlPredictionStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.ContentKey;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written behind answers, over the real store. */
final class PredictionLogTest {
    private static final TaskId MOOD = new TaskId("mood");
    private static final String ID = "pr_0000000000000001";

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Answers.AT);
    private final AtomicLong dropped = new AtomicLong();
    private SqliteDatabase database;
    private SqlPredictionStore store;
    private SqlTaskStore tasks;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlPredictionStore(database);
        tasks = new SqlTaskStore(database, InstantSource.system());
        tasks.define(
                new Task(MOOD, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private PredictionLog log(long rows, long waitingBytes) {
        PredictionStore.Bounds kept = new PredictionStore.Bounds(rows, 1 << 20, Duration.ofDays(7));
        return new PredictionLog(store, now::get, new PredictionLog.Bounds(kept, waitingBytes), dropped::addAndGet);
    }

    private static void keep(PredictionLog log, String id, String text) {
        log.keep(id, MOOD, new PredictionLog.Asked(input(text), "reader", new float[] {1, 2}), Answers.good());
    }

    @Test
    void whatIsAnswered_isWrittenLater_andFoundAtOnce() {
        PredictionLog log = log(100, 1 << 20);
        keep(log, ID, "what a day");
        assertThat(store.find(ID)).isEmpty();

        KeptPrediction found = log.find(ID).orElseThrow();

        assertThat(store.find(ID)).contains(found);
        assertThat(found.key()).isEqualTo(ContentKey.of(input("what a day")));
        assertThat(found.given()).isEqualTo(Answers.good());
        assertThat(found.vector()).contains(ByteVector.of("reader", new float[] {1, 2}));
        assertThat(found.input()).isEmpty();
        assertThat(log.find("pr_0000000000000002")).isEmpty();
    }

    @Test
    void whereNothingIsToBeKept_whatWasKeptIsErasedAtTheStart() {
        try (PredictionLog before = log(100, 1 << 20)) {
            keep(before, ID, "what a day");
        }
        assertThat(store.find(ID)).isPresent();

        try (PredictionLog log = log(0, 1 << 20)) {
            log.begin();
            assertThat(store.find(ID)).isEmpty();
        }
    }

    @Test
    void whatIsJustBeingWritten_isFound() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        PredictionStore slow = slow(taken, looked);
        PredictionLog log = new PredictionLog(
                slow,
                now::get,
                new PredictionLog.Bounds(new PredictionStore.Bounds(100, 1 << 20, Duration.ofDays(7)), 1 << 20),
                dropped::addAndGet);
        keep(log, ID, "what a day");
        Thread writer = new Thread(log::write);
        writer.start();
        taken.await();

        assertThat(log.find(ID)).isPresent();

        writer.join();
        assertThat(store.size().rows()).isEqualTo(1);
    }

    /** The store, which writes nothing before somebody has looked for an answer. */
    private PredictionStore slow(CountDownLatch taken, CountDownLatch looked) {
        return (PredictionStore) Proxy.newProxyInstance(
                PredictionStore.class.getClassLoader(),
                new Class<?>[] {PredictionStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("keep")) {
                        taken.countDown();
                        looked.await();
                    }
                    Object result = method.invoke(store, arguments);
                    if (method.getName().equals("find")) {
                        looked.countDown();
                    }
                    return result;
                });
    }

    @Test
    void close_writesWhatWaits() {
        PredictionLog log = log(100, 1 << 20);
        keep(log, ID, "what a day");

        log.close();

        assertThat(store.find(ID)).isPresent();
        assertThat(dropped).hasValue(0);
    }

    @Test
    void begin_writesByItself() {
        try (PredictionLog log = log(100, 1 << 20)) {
            log.begin();
            keep(log, ID, "what a day");
            org.awaitility.Awaitility.await().until(() -> store.find(ID).isPresent());
        }
    }

    @Test
    void whatHasNoRoom_isLeftOut_andCounted() {
        PredictionLog log = log(100, 1_000);
        for (int i = 0; i < 10; i++) {
            keep(log, "pr_%016x".formatted(i), "what a day");
        }
        assertThat(dropped.get()).isBetween(5L, 9L);
        log.write();
        assertThat(store.size().rows()).isEqualTo(10 - dropped.get());

        keep(log, "pr_%016x".formatted(10), "what a day");
        log.write();

        assertThat(log.find("pr_%016x".formatted(10))).isPresent();
    }

    @Test
    void whatCannotBeWritten_isLeftOut_andCounted() {
        PredictionLog log = log(100, 1 << 20);
        keep(log, ID, "what a day");
        database.close();

        log.write();

        assertThat(dropped).hasValue(1);
    }

    @Test
    void noRows_keepNothing() {
        PredictionLog log = log(0, 1 << 20);
        keep(log, ID, "what a day");

        assertThat(log.find(ID)).isEmpty();
        assertThat(dropped).hasValue(0);
    }

    @Test
    void anAnswer_canBeReferredToForItsTime() {
        PredictionLog log = log(100, 1 << 20);
        keep(log, ID, "what a day");
        log.write();

        now.set(Answers.AT.plus(Duration.ofDays(7)));
        assertThat(log.find(ID)).isPresent();
        now.set(Answers.AT.plus(Duration.ofDays(7)).plusSeconds(1));
        assertThat(log.find(ID)).isEmpty();
    }

    @Test
    void texts_areKeptOnlyWhereThatIsSaid_andNotLonger() {
        PredictionLog log = log(100, 1 << 20);
        log.keepTexts(MOOD, true);
        keep(log, ID, "what a day");
        assertThat(log.find(ID).orElseThrow().input()).contains(input("what a day"));
        assertThat(log(100, 1 << 20).keepsTexts(MOOD)).isTrue();

        keep(log, "pr_0000000000000002", "oh no");
        log.keepTexts(MOOD, false);

        assertThat(log.find(ID).orElseThrow().input()).isEmpty();
        assertThat(log.find("pr_0000000000000002").orElseThrow().input()).isEmpty();
    }

    @Test
    void beforeErasing_whatWaitsIsInTheStore() {
        PredictionLog log = log(100, 1 << 20);
        keep(log, ID, "what a day");

        log.beforeErasing(new TaskId("other"));
        assertThat(store.find(ID)).isEmpty();
        log.beforeErasing(MOOD);
        assertThat(store.find(ID)).isPresent();

        tasks.remove(MOOD);
        log.write();
        assertThat(log.find(ID)).isEmpty();
    }

    @Test
    void afterErasingTheTask_noTextsAreKept() {
        PredictionLog log = log(100, 1 << 20);
        log.keepTexts(MOOD, true);
        log.afterErasing(MOOD);
        assertThat(log.keepsTexts(MOOD)).isTrue();

        tasks.remove(MOOD);
        log.afterErasing(MOOD);

        assertThat(log.keepsTexts(MOOD)).isFalse();
    }

    @Test
    void wholeTask_keepsTextsAsItIsTold() {
        PredictionLog log = log(100, 1 << 20);
        store.keepTexts(MOOD, true, now.get());
        log.arrived(MOOD, true);
        keep(log, ID, "text");
        assertThat(log.find(ID).orElseThrow().input()).contains(input("text"));

        log.arrived(MOOD, false);
        assertThat(log.keepsTexts(MOOD)).isFalse();
    }
}
