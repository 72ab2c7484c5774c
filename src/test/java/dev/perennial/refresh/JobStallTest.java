// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.perennial.learn.Admittance;
import dev.perennial.refresh.Job.Status;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.SqlJobStore;
import dev.perennial.store.SqliteDatabase;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that give no sign of themselves; time passes when the test says so. */
@Timeout(120)
final class JobStallTest {
    private static final Duration STALL = Duration.ofHours(1);
    private static final String STUCK = "stuck";

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger stoodStill = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private final CountDownLatch free = new CountDownLatch(1);
    private final CountDownLatch storeHangs = new CountDownLatch(1);
    private final AtomicInteger served = new AtomicInteger();
    private final List<String> gaveBack = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private JobStore store;
    private Jobs jobs;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = hangingWhenTold(new SqlJobStore(database, InstantSource.system()));
        Jobs.Ports ports = new Jobs.Ports(
                store,
                InstantSource.system(),
                () -> "job_" + ids.incrementAndGet(),
                (id, failure) -> new JsonText()
                        .put("detail", String.valueOf(failure.getMessage()))
                        .toString(),
                new JobObserver() {
                    @Override
                    public void stoodStill() {
                        stoodStill.incrementAndGet();
                    }

                    @Override
                    public void lost(int threads) {
                        lost.addAndGet(threads);
                    }
                });
        jobs = new Jobs(
                ports,
                new Jobs.Settings(1, 4, Duration.ofDays(7), STALL),
                List.of(
                        new Work("sleeps", this::sleep),
                        new Work("hangs", this::hang),
                        new Work("serves", this::serve),
                        new Work("writes", this::write),
                        new Work("asks", this::ask),
                        new Work("works", this::succeed)),
                nanos::get);
    }

    private JobStore hangingWhenTold(JobStore all) {
        return (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("update")
                            && String.valueOf(arguments[2]).contains(STUCK)) {
                        storeHangs.countDown();
                        awaitFreedom();
                    }
                    return method.invoke(all, arguments);
                });
    }

    @AfterEach
    void close() {
        free.countDown();
        jobs.close();
        database.close();
    }

    @FunctionalInterface
    private interface Body {
        JobWork.Outcome work(JobProgress progress);
    }

    private final class Work implements JobWork {
        private final String kind;
        private final Body body;

        private Work(String kind, Body body) {
            this.kind = kind;
            this.body = body;
        }

        @Override
        public String kind() {
            return kind;
        }

        @Override
        public Outcome work(Job job, byte[] payload, JobProgress progress) {
            progress.report(1, 2, "working");
            return body.work(progress);
        }

        @Override
        public Optional<String> kept(Job job, byte[] payload) {
            return Optional.of("{\"steps\":1}");
        }

        @Override
        public void giveUp(Job job, byte[] payload) {
            assertThat(store.job(job.id()).orElseThrow().status()).isEqualTo(Status.RUNNING);
            gaveBack.add(job.id());
        }
    }

    /** Ends when its thread is interrupted. */
    private JobWork.Outcome sleep(JobProgress progress) {
        try {
            free.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
        return succeed(progress);
    }

    /** Ends when the test lets it, as a call into native code may, and goes on as if nothing had been. */
    private JobWork.Outcome hang(JobProgress progress) {
        awaitFreedom();
        progress.report(2, 2, "back again");
        return succeed(progress);
    }

    private void awaitFreedom() {
        boolean isFree = false;
        while (!isFree) {
            try {
                isFree = free.await(1, TimeUnit.HOURS);
            } catch (InterruptedException interrupted) {
                // That is what it is.
            }
        }
    }

    /** The same, and has something serve then. */
    private JobWork.Outcome serve(JobProgress progress) {
        awaitFreedom();
        new WatchedAdmittance(progress, Admittance.ALWAYS).admits(Set.of(), task -> Optional.empty());
        served.incrementAndGet();
        return succeed(progress);
    }

    /** Hangs in the store until the test lets it. */
    private JobWork.Outcome write(JobProgress progress) {
        progress.log(STUCK);
        return succeed(progress);
    }

    /** Asks whether to go on, as often as the test lets time pass. */
    private JobWork.Outcome ask(JobProgress progress) {
        while (progress.mayGoOn() && free.getCount() > 0) {
            asked.incrementAndGet();
        }
        return new JobWork.Outcome("{\"steps\":1}", progress.mayGoOn());
    }

    private JobWork.Outcome succeed(JobProgress progress) {
        return new JobWork.Outcome("{\"steps\":2}", true);
    }

    private String running(String kind) {
        String id = accepted(kind);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> jobs.job(id).progress().message().equals("working"));
        return id;
    }

    private String accepted(String kind) {
        return jobs.accept(new Jobs.Order(kind, "subject", new byte[0], 2, "steps"), job -> Optional.empty())
                .id();
    }

    private Job ended(String id) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> jobs.job(id), job -> job.status().isFinal());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        jobs.look();
    }

    private void assertFailedForIt(Job job) {
        assertThat(job.status()).isEqualTo(Status.FAILED);
        assertThat(job.problem().orElseThrow()).contains("The work stood still for 3600 s");
    }

    @Test
    void workThatSleeps_isInterrupted_andFails_andItsThreadGoesOn() {
        String id = running("sleeps");
        pass(STALL);
        assertThat(jobs.job(id).status()).isEqualTo(Status.RUNNING);

        pass(Duration.ofNanos(1));

        Job job = ended(id);
        assertFailedForIt(job);
        assertThat(job.result()).contains("{\"steps\":1}");
        assertThat(gaveBack).containsExactly(id);
        assertThat(stoodStill).hasValue(1);
        assertThat(ended(accepted("works")).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(lost).hasValue(0);
    }

    @Test
    void workThatHangs_isGivenUp_andOthersGoOn_andNothingOfItIsRecordedWhenItComesBack() {
        String id = running("hangs");
        String next = accepted("works");
        pass(STALL.plusNanos(1));
        pass(JobWatch.GRACE);
        assertThat(jobs.job(id).status()).isEqualTo(Status.RUNNING);

        pass(Duration.ofNanos(1));

        assertFailedForIt(ended(id));
        assertThat(gaveBack).containsExactly(id);
        assertThat(ended(next).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(stoodStill).hasValue(1);
        assertThat(lost).hasValue(1);

        List<JobStore.Event> events = jobs.events(id, 0, 100);
        free.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> lost.get() == 0);
        assertThat(jobs.events(id, 0, 100)).isEqualTo(events);
        assertFailedForIt(jobs.job(id));
        assertThat(store.unfinished()).isEmpty();
        assertThat(ended(accepted("works")).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void workThatComesBackWhole_succeeds_andIsNotCounted() {
        String id = running("hangs");
        pass(STALL.plusNanos(1));

        free.countDown();

        assertThat(ended(id).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(stoodStill).hasValue(0);
        assertThat(lost).hasValue(0);
    }

    @Test
    void workThatWasInterrupted_hasNothingServe() {
        String id = running("serves");
        pass(STALL.plusNanos(1));

        free.countDown();

        assertFailedForIt(ended(id));
        assertThat(served).hasValue(0);
        assertThat(stoodStill).hasValue(1);
        assertThat(gaveBack).containsExactly(id);
    }

    @Test
    void workThatWasGivenUp_hasNothingServe() {
        String id = running("serves");
        pass(STALL.plusNanos(1));
        pass(JobWatch.GRACE.plusNanos(1));
        assertFailedForIt(ended(id));

        free.countDown();

        await().atMost(Duration.ofSeconds(30)).until(() -> lost.get() == 0);
        assertThat(served).hasValue(0);
        assertThat(stoodStill).hasValue(1);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void workThatHangsInTheStore_isSeenAndCounted_andOthersGoOn() throws InterruptedException {
        String id = accepted("writes");
        String next = accepted("works");
        storeHangs.await();
        assertThat(jobs.job(id).status()).isEqualTo(Status.RUNNING);
        pass(STALL.plusNanos(1));

        pass(JobWatch.GRACE.plusNanos(1));

        assertThat(lost).hasValue(1);
        assertThat(stoodStill).hasValue(1);
        assertThat(ended(next).status()).isEqualTo(Status.SUCCEEDED);
        assertThatThrownBy(() -> jobs.cancel(id)).isInstanceOf(Refusal.Conflict.class);
        assertThat(jobs.job(id).status()).isEqualTo(Status.RUNNING);
        await().atMost(Duration.ofSeconds(30)).until(() -> gaveBack.equals(List.of(id)));

        free.countDown();

        assertFailedForIt(ended(id));
        await().atMost(Duration.ofSeconds(30)).until(() -> lost.get() == 0);
    }

    @Test
    void soManyThreadsAreReplaced_andNoMore() {
        for (int i = 0; i <= JobObserver.MOST_LOST_THREADS; i++) {
            String id = running("hangs");
            pass(STALL.plusNanos(1));
            pass(JobWatch.GRACE.plusNanos(1));
            assertFailedForIt(ended(id));
            assertThat(gaveBack).hasSize(i + 1);
        }
        assertThat(lost).hasValue(JobObserver.MOST_LOST_THREADS + 1);
        String waiting = accepted("works");
        assertThat(jobs.job(waiting).status()).isEqualTo(Status.QUEUED);

        free.countDown();

        assertThat(ended(waiting).status()).isEqualTo(Status.SUCCEEDED);
        await().atMost(Duration.ofSeconds(30)).until(() -> lost.get() == 0);
    }

    @Test
    void workThatAsksWhetherToGoOn_isNotEnded() {
        String id = running("asks");
        for (int i = 0; i < 3; i++) {
            pass(STALL);
            assertThat(jobs.job(id).status()).isEqualTo(Status.RUNNING);
            awaitSigns();
        }
        free.countDown();
        assertThat(ended(id).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(stoodStill).hasValue(0);
    }

    /** Until it has asked from beginning to end by the time that it is now. */
    private void awaitSigns() {
        long before = asked.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() > before + 1);
    }
}
