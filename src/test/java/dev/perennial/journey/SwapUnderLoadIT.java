// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service is asked all the time while what answers changes, and while it is asked to end. */
final class SwapUnderLoadIT {
    private static final String TASK = "/v1/tasks/kitchen";
    private static final Map<String, String> ONE_ENCODER = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
    private static final int CLIENTS = 8;
    private static final int MEASURED_SECONDS = 3;

    /** More by {@code -Dperennial.swap-seconds=60}. */
    private static final int SECONDS = Integer.getInteger("perennial.swap-seconds", 5);

    /** More by {@code -Dperennial.stop-rounds=10}. */
    private static final int STOPS = Integer.getInteger("perennial.stop-rounds", 1);

    private final Set<String> revisions = ConcurrentHashMap.newKeySet();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private final Set<String> answeredBy = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path home;

    @Test
    @SuppressWarnings("SystemOut")
    void changeOfWhatAnswers_everySecond_failsNoRequest() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), ONE_ENCODER)) {
            ServiceClient client = service.client();
            String first = prepared(client);
            double perSecond = measured(client);
            long pauseNanos = (long) (CLIENTS * 1e9 / (perSecond / 2));
            int swaps = whileAsked(client, pauseNanos, () -> swap(client, first));
            System.out.printf(
                    "SwapUnderLoadIT: %d swaps in %d s at %.0f requests a second, half of what it takes:"
                            + " %d answers by %d revisions, %d failed requests%n",
                    swaps, SECONDS, perSecond / 2, answers.get(), answeredBy.size(), failures.get());
            assertThat(failed).isEmpty();
            assertThat(answeredBy).hasSizeGreaterThan(1);
            assertThat(revisions).containsAll(answeredBy);
        }
    }

    /** As fast as it goes, by as many at once: what serves is never closed while somebody is answered by it. */
    @Test
    void changesAsFastAsTheyGo_neitherFailARequestNorEndTheProcess() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), ONE_ENCODER)) {
            ServiceClient client = service.client();
            String first = prepared(client);
            String second = taught(client, "another one", "frying");
            whileAsked(client, 0, () -> {
                long end = System.nanoTime() + SECONDS * 1_000_000_000L;
                int swaps = 0;
                while (System.nanoTime() < end) {
                    serve(client, swaps++ % 2 == 0 ? first : second);
                }
                return swaps;
            });
            assertThat(failed).isEmpty();
            assertThat(answeredBy).contains(first, second);
            assertThat(revisions).containsAll(answeredBy);
            service.terminate();
            assertThat(service.exitStatus()).isEqualTo(143);
        }
    }

    /** As behind a load balancer, which sends nothing more once readiness is down. */
    @Test
    @SuppressWarnings("SystemOut")
    void stopAtFullLoad_failsNoRequest() throws Exception {
        Map<String, String> settings =
                Map.of("perennial.members.bundled", "all-minilm-l6-v2", "quarkus.shutdown.delay", "3s");
        for (int round = 0; round < STOPS; round++) {
            Path data = home.resolve("data-" + round);
            try (ServiceProcess service = ServiceProcess.ready(home, data, settings)) {
                ServiceClient client = service.client();
                String unused = prepared(client);
                AtomicBoolean down = new AtomicBoolean();
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
                try {
                    List<Future<?>> asking = asking(clients, client, down, 0);
                    Thread.sleep(2_000);
                    service.terminate();
                    await().pollInterval(Duration.ofMillis(50))
                            .atMost(Duration.ofSeconds(20))
                            .until(() -> client.status("/q/health/ready") == 503);
                    down.set(true);
                    for (Future<?> one : asking) {
                        one.get(60, TimeUnit.SECONDS);
                    }
                } finally {
                    clients.shutdownNow();
                }
                assertThat(service.exitStatus()).isEqualTo(143);
                assertThat(service.log()).contains("Stopped").doesNotContain("Timed out", "Request failed");
            }
        }
        System.out.printf(
                "SwapUnderLoadIT: %d stops by SIGTERM at full load: %d answers, %d failed requests%n",
                STOPS, answers.get(), failures.get());
        assertThat(failed).isEmpty();
        assertThat(answers).hasValueGreaterThan(CLIENTS);
    }

    private interface Changes {
        int make() throws Exception;
    }

    private int whileAsked(ServiceClient client, long pauseNanos, Changes changes) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> asking = asking(clients, client, over, pauseNanos);
            int made = changes.make();
            over.set(true);
            for (Future<?> one : asking) {
                one.get(60, TimeUnit.SECONDS);
            }
            return made;
        } finally {
            clients.shutdownNow();
        }
    }

    private List<Future<?>> asking(ExecutorService clients, ServiceClient client, AtomicBoolean over, long pauseNanos) {
        List<Future<?>> asking = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            asking.add(clients.submit(() -> {
                long due = System.nanoTime();
                while (!over.get()) {
                    ask(client);
                    due += pauseNanos;
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                return null;
            }));
        }
        return asking;
    }

    /** Teaches, goes back, or goes on again, once a second. */
    private int swap(ServiceClient client, String first) throws Exception {
        long due = System.nanoTime();
        String latest = first;
        for (int second = 0; second < SECONDS; second++) {
            switch (second % 3) {
                case 0 -> latest = taught(client, "swap " + second, "cleaning");
                case 1 -> serve(client, first);
                default -> serve(client, latest);
            }
            due += 1_000_000_000L;
            LockSupport.parkNanos(due - System.nanoTime());
        }
        return SECONDS;
    }

    private void ask(ServiceClient client) throws InterruptedException {
        try {
            ServiceClient.Reply reply = client.post(TASK + "/predictions", "{\"inputs\": [\"sausages sizzle\"]}");
            if (reply.status() == 200) {
                answers.incrementAndGet();
                answeredBy.add(reply.body().path("revision").asText());
            } else {
                failures.incrementAndGet();
                failed.add(reply.status() + " " + reply.body());
            }
        } catch (IOException cut) {
            failures.incrementAndGet();
            failed.add(cut.toString());
        }
    }

    /** Requests a second that these clients get answered when nothing changes. */
    private double measured(ServiceClient client) throws Exception {
        whileAsked(client, 0, () -> {
            Thread.sleep(1_000);
            return 0;
        });
        answers.set(0);
        whileAsked(client, 0, () -> {
            Thread.sleep(MEASURED_SECONDS * 1_000);
            return 0;
        });
        return answers.getAndSet(0) / (double) MEASURED_SECONDS;
    }

    private String prepared(ServiceClient client) throws Exception {
        assertThat(client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}")
                        .status())
                .isEqualTo(201);
        for (int i = 0; i < 10; i++) {
            String unused = taught(client, "heat the oil in pan " + i, "frying");
            unused = taught(client, "wipe table " + i, "cleaning");
        }
        return taught(client, "crisp bacon", "frying");
    }

    private String taught(ServiceClient client, String text, String label) throws Exception {
        ServiceClient.Reply taught = client.post(
                TASK + "/examples", "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}".formatted(text, label));
        assertThat(taught.status()).as("%s", taught.body()).isEqualTo(200);
        String revision = taught.body().path("revision").asText();
        revisions.add(revision);
        return revision;
    }

    private void serve(ServiceClient client, String revision) throws Exception {
        ServiceClient.Reply served = client.put(TASK + "/aliases/serving", "{\"revision\": \"" + revision + "\"}");
        assertThat(served.status()).as("%s", served.body()).isEqualTo(200);
    }
}
