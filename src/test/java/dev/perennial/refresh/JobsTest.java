// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.refresh.Job.Status;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqliteDatabase;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class JobsTest {
    private static final AtomicInteger IDS = new AtomicInteger();

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private JobStore store;
    private InstantSource clock = InstantSource.system();

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlJobStore(database, InstantSource.system());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void accept_runsTheWorkAndRecordsEachStep() {
        try (Jobs jobs = jobs(counting(3))) {
            Job job = accept(jobs);

            Job ended = ended(jobs, job.id());

            assertThat(ended.status()).isEqualTo(Status.SUCCEEDED);
            assertThat(ended.result()).contains("{\"steps\":3}");
            assertThat(ended.progress().done()).isEqualTo(3);
            assertThat(ended.startedAt()).isPresent();
            assertThat(jobs.events(job.id(), 0, 100))
                    .extracting(JobStore.Event::type)
                    .containsExactly("log", "progress", "progress", "progress", "done");
            assertThat(jobs.events(job.id(), 4, 100))
                    .singleElement()
                    .satisfies(event ->
                            assertThat(event.data()).isEqualTo("{\"status\":\"succeeded\",\"result\":{\"steps\":3}}"));
        }
    }

    @Test
    void clockThatWasFarAhead_keepsNoFinishedJobsUntilThen() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2027-01-01T00:00:00Z"));
        clock = now::get;
        try (Jobs jobs = jobs(counting(1))) {
            jobs.resume();
            now.set(Instant.parse("2026-01-01T00:00:00Z"));
            String old = accept(jobs).id();
            ended(jobs, old);
            now.set(Instant.parse("2026-01-09T00:00:00Z"));

            accept(jobs);

            assertThat(store.job(old)).isEmpty();
        }
    }

    @Test
    void refusedWork_failsWithAProblemAndOthersGoOn() {
        try (Jobs jobs = jobs((job, payload, progress) -> {
            throw new Refusal.Conflict("no");
        })) {
            Job first = accept(jobs);
            Job second = accept(jobs);

            assertThat(ended(jobs, first.id()).problem()).contains("{\"detail\":\"no\"}");
            assertThat(ended(jobs, second.id()).status()).isEqualTo(Status.FAILED);
        }
    }

    @Test
    void failure_isRecordedAlsoWhenNobodyCanSayWhatWasKept() {
        try (Jobs jobs = jobs((job, payload, progress) -> {
            throw new IllegalStateException("planted");
        })) {
            Job ended = ended(jobs, accept(jobs).id());

            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(ended.result()).isEmpty();
        }
    }

    @Test
    void busyService_isAskedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        try (Jobs jobs = jobs((job, payload, progress) -> {
            if (attempts.incrementAndGet() < 2) {
                throw new Refusal.Saturated("busy", 1);
            }
            return new JobWork.Outcome("{}", true);
        })) {
            assertThat(ended(jobs, accept(jobs).id()).status()).isEqualTo(Status.SUCCEEDED);
        }
    }

    @Test
    void storeThatIsAwayForAMoment_doesNotLoseAJob() {
        AtomicInteger asked = new AtomicInteger();
        JobStore kept = store;
        store = (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("payload") && asked.getAndIncrement() == 0) {
                        throw new Refusal.StoreUnavailable("The store is busy.", 1);
                    }
                    return method.invoke(kept, arguments);
                });
        try (Jobs jobs = jobs(counting(1))) {
            assertThat(ended(jobs, accept(jobs).id()).status()).isEqualTo(Status.SUCCEEDED);
        }
    }

    @Test
    void cancel_endsWaitingWorkAtOnceAndRunningWorkAfterItsStep() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (Jobs jobs = jobs((job, payload, progress) -> {
            running.countDown();
            uninterruptibly(cancelled);
            return new JobWork.Outcome("{\"kept\":1}", !progress.mayGoOn() ? false : true);
        })) {
            Job first = accept(jobs);
            Job second = accept(jobs);
            running.await();

            assertThat(jobs.cancel(second.id()).status()).isEqualTo(Status.CANCELLED);
            assertThat(jobs.cancel(first.id()).status()).isEqualTo(Status.RUNNING);
            cancelled.countDown();

            Job ended = ended(jobs, first.id());
            assertThat(ended.status()).isEqualTo(Status.CANCELLED);
            assertThat(ended.result()).contains("{\"kept\":1}");
            assertThat(ended.progress().message()).contains("the result says");
            assertThatThrownBy(() -> jobs.cancel(first.id())).isInstanceOf(Refusal.Conflict.class);
            assertThatThrownBy(() -> jobs.cancel("job_0")).isInstanceOf(Refusal.NotFound.class);
        }
    }

    @Test
    void restart_takesUpWhatWasUnfinishedInOrder() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Jobs before = jobs((job, payload, progress) -> {
            running.countDown();
            progress.pause(Duration.ofMinutes(1));
            throw new AssertionError("the pause ends with the process");
        });
        Job first = accept(before);
        Job second = accept(before);
        running.await();
        before.close();
        List<String> order = new ArrayList<>();

        try (Jobs after = jobs((job, payload, progress) -> {
            order.add(job.id() + new String(payload, StandardCharsets.UTF_8));
            return new JobWork.Outcome("{}", true);
        })) {
            after.resume();

            assertThat(ended(after, first.id()).status()).isEqualTo(Status.SUCCEEDED);
            assertThat(ended(after, second.id()).status()).isEqualTo(Status.SUCCEEDED);
        }
        assertThat(order).containsExactly(first.id() + "payload", second.id() + "payload");
        assertThat(store.events(first.id(), 0, 10))
                .extracting(JobStore.Event::data)
                .contains("{\"message\":\"started\"}", "{\"message\":\"resumed\"}");
    }

    @Test
    void wishToCancel_survivesTheProcess() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Jobs before = jobs((job, payload, progress) -> {
            running.countDown();
            progress.pause(Duration.ofMinutes(1));
            return new JobWork.Outcome("{}", true);
        });
        Job job = accept(before);
        running.await();
        before.cancel(job.id());
        before.close();

        try (Jobs after = jobs(counting(1))) {
            after.resume();

            assertThat(ended(after, job.id()).status()).isEqualTo(Status.CANCELLED);
        }
    }

    @Test
    void accept_refusesMoreThanTheLimit() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Jobs jobs = jobs((job, payload, progress) -> {
            uninterruptibly(end);
            return new JobWork.Outcome("{}", true);
        })) {
            for (int i = 0; i < 4; i++) {
                accept(jobs);
            }

            assertThatThrownBy(() -> accept(jobs)).isInstanceOf(Refusal.Saturated.class);
            assertThat(jobs.unfinishedByStatus().values().stream()
                            .mapToLong(n -> n)
                            .sum())
                    .isEqualTo(4);
            end.countDown();
        }
    }

    @Test
    void listen_isToldOfEveryEventUntilItStops() throws Exception {
        AtomicInteger told = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        try (Jobs jobs = jobs((job, payload, progress) -> {
            uninterruptibly(begin);
            progress.log("one");
            progress.log("two");
            return new JobWork.Outcome("{}", true);
        })) {
            Job job = accept(jobs);
            try (AutoCloseable listening = jobs.listen(job.id(), told::incrementAndGet)) {
                begin.countDown();
                ended(jobs, job.id());
                assertThat(told.get()).isBetween(3, 4);
            }
        }
    }

    @Test
    void accept_removesExpiredJobsOnceAnHour() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        clock = now::get;
        try (Jobs jobs = jobs(counting(1))) {
            Job first = ended(jobs, accept(jobs).id());
            now.updateAndGet(time -> time.plus(Duration.ofMinutes(30)));
            Job second = ended(jobs, accept(jobs).id());
            now.set(first.createdAt().plus(Duration.ofDays(7)).plusSeconds(1));
            Job third = ended(jobs, accept(jobs).id());
            assertThat(jobs.jobs("", 10)).extracting(Job::id).containsExactly(second.id(), third.id());

            now.updateAndGet(time -> time.plus(Duration.ofMinutes(59)));
            Job fourth = ended(jobs, accept(jobs).id());
            assertThat(jobs.jobs("", 10)).extracting(Job::id).contains(second.id(), fourth.id());

            now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
            Job fifth = ended(jobs, accept(jobs).id());
            assertThat(jobs.jobs("", 10)).extracting(Job::id).containsExactly(third.id(), fourth.id(), fifth.id());
        }
    }

    @Test
    void acceptAlone_refusesAsLongAsSuchWorkGoesOn_andOnlyForItsSubject() {
        CountDownLatch end = new CountDownLatch(1);
        try (Jobs jobs = jobs((job, payload, progress) -> {
            uninterruptibly(end);
            return new JobWork.Outcome("{}", true);
        })) {
            Job first = jobs.acceptAlone(order("a"), job -> Optional.empty());
            assertThatThrownBy(() -> jobs.acceptAlone(order("a"), job -> Optional.empty()))
                    .isInstanceOf(Refusal.Conflict.class);
            jobs.acceptAlone(order("b"), job -> Optional.empty());
            end.countDown();
            ended(jobs, first.id());
            Job again = jobs.acceptAlone(order("a"), job -> Optional.empty());
            ended(jobs, again.id());
        }
    }

    private static Jobs.Order order(String subject) {
        return new Jobs.Order("test", subject, new byte[0], 1, "steps");
    }

    private interface Body {
        JobWork.Outcome work(Job job, byte[] payload, JobProgress progress);
    }

    private static Body counting(int steps) {
        return (job, payload, progress) -> {
            for (int i = 1; i <= steps; i++) {
                progress.report(i, steps, "step");
            }
            return new JobWork.Outcome(new JsonText().put("steps", steps).toString(), true);
        };
    }

    private Jobs jobs(Body body) {
        JobWork work = new JobWork() {
            @Override
            public String kind() {
                return "test";
            }

            @Override
            public Outcome work(Job job, byte[] payload, JobProgress progress) {
                return body.work(job, payload, progress);
            }

            @Override
            public Optional<String> kept(Job job, byte[] payload) {
                throw new IllegalStateException("unreadable");
            }
        };
        Jobs.Ports ports = new Jobs.Ports(
                store,
                clock,
                () -> String.format("job_%08d", IDS.incrementAndGet()),
                (id, failure) -> new JsonText()
                        .put("detail", String.valueOf(failure.getMessage()))
                        .toString(),
                JobObserver.NONE);
        return new Jobs(ports, new Jobs.Settings(1, 4, Duration.ofDays(7), Duration.ZERO), List.of(work));
    }

    private static Job accept(Jobs jobs) {
        byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
        return jobs.accept(new Jobs.Order("test", "subject", payload, 3, "steps"), job -> Optional.empty());
    }

    private static Job ended(Jobs jobs, String id) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> jobs.job(id), job -> job.status().isFinal());
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
