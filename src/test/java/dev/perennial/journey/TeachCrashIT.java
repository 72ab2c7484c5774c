// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service is killed again and again while clients teach it; what it acknowledged is there, once, and it goes on.
 */
final class TeachCrashIT {
    private static final int ROUNDS = Integer.getInteger("perennial.crash-rounds", 20);
    private static final int LATEST_KILL_MILLIS = 1500;
    private static final int CLIENTS = 3;
    private static final String TASK = "/v1/tasks/crash";

    /** None of the encoders inside, because most of a round is the start of the service. */
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", "");

    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Integer> unanswered = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path home;

    @Test
    @SuppressWarnings("SystemOut")
    void kill_losesAndDoublesNothingThatWasAcknowledged() throws Exception {
        long seed = Long.getLong("perennial.seed", System.nanoTime());
        System.out.println("TeachCrashIT: perennial.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round <= ROUNDS; round++) {
            String when = "seed " + seed + ", round " + round;
            try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS)) {
                ServiceClient client = service.client();
                if (round == 0) {
                    TinyMember.register(client, home.resolve("tiny"));
                    client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
                }
                check(client, when);
                sendAgain(client, when);
                if (round < ROUNDS) {
                    teachUntilKilled(service, random.nextInt(LATEST_KILL_MILLIS));
                }
            }
        }
        System.out.printf("TeachCrashIT: %d teachings acknowledged%n", acknowledged.size());
        assertThat(acknowledged).hasSizeGreaterThan(ROUNDS);
    }

    private void check(ServiceClient client, String when) throws Exception {
        List<String> stored = stored(client);
        assertThat(stored).as(when).doesNotHaveDuplicates().containsAll(acknowledged);
    }

    /** Requests without a reply are repeated under their keys: each is there afterwards, and there once. */
    private void sendAgain(ServiceClient client, String when) throws Exception {
        for (int number : unanswered) {
            assertThat(teach(client, number)).as(when).isTrue();
        }
        unanswered.clear();
        assertThat(teach(client, numbers.incrementAndGet())).as(when).isTrue();
        check(client, when);
    }

    private void teachUntilKilled(ServiceProcess service, int afterMillis) throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> teaching = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                teaching.add(clients.submit(() -> {
                    teachUntil(killed, service.client());
                    return null;
                }));
            }
            Thread.sleep(afterMillis);
            service.kill();
            killed.set(true);
            for (Future<?> client : teaching) {
                client.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private void teachUntil(AtomicBoolean killed, ServiceClient client) throws InterruptedException {
        while (!killed.get()) {
            int number = numbers.incrementAndGet();
            unanswered.add(number);
            try {
                if (teach(client, number)) {
                    unanswered.remove(number);
                }
            } catch (IOException cutOff) {
                return;
            }
        }
    }

    /** Teaches one example; whether that was acknowledged. */
    private boolean teach(ServiceClient client, int number) throws IOException, InterruptedException {
        String example = "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}"
                .formatted(text(number), number % 2 == 0 ? "even" : "odd");
        ServiceClient.Reply reply = client.postOnce(TASK + "/examples", example, "key-" + number);
        if (reply.status() != 200) {
            return false;
        }
        assertThat(reply.body().path("rejected")).isEmpty();
        acknowledged.add(text(number));
        return true;
    }

    private static String text(int number) {
        return "message number " + number + " of the crash";
    }

    private static List<String> stored(ServiceClient client) throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        String cursor = "";
        do {
            ServiceClient.Reply page = client.get(TASK + "/examples?limit=1000" + cursor);
            assertThat(page.status()).isEqualTo(200);
            page.body()
                    .path("items")
                    .forEach(item -> texts.add(item.path("text").asText()));
            JsonNode next = page.body().path("next_cursor");
            cursor = next.isTextual() ? "&cursor=" + next.asText() : "";
        } while (!cursor.isEmpty());
        return texts;
    }
}
