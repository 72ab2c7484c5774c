// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with a heap that is small, sent the largest requests that are allowed by many at once. */
final class SmallHeapIT {
    private static final String TASK = "/v1/tasks/kitchen";
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 4;

    @TempDir
    private Path home;

    @Test
    void largestRequests_byManyAtOnce_areAnsweredOrRefused_andTheProcessLives() throws Exception {
        ServiceProcess.Machine machine =
                new ServiceProcess.Machine(List.of("-Xmx192m", "-XX:+ExitOnOutOfMemoryError"), Map.of());
        try (ServiceProcess service = ServiceProcess.start(
                home, home.resolve("data"), Map.of("perennial.members.bundled", "static"), machine)) {
            assertThat(service.serves()).as(service.log()).isTrue();
            ServiceClient client = service.client();
            client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
            assertThat(client.post(TASK + "/examples", """
                            {"examples": [{"text": "hot oil", "label": "frying"},
                                          {"text": "soap", "label": "cleaning"}]}""").status()).isEqualTo(200);
            JsonNode limits = client.get("/v1/limits").body();
            int inputs = limit(limits, "inputs");
            int chars = limit(limits, "text_chars");
            List<Integer> statuses = asked(client, question(inputs, chars));
            assertThat(statuses).hasSize(CLIENTS * REQUESTS).contains(200).isSubsetOf(200, 503);
            assertThat(client.post(TASK + "/predictions", question(inputs + 1, 1))
                            .status())
                    .isEqualTo(413);
            assertThat(client.status("/q/health/ready")).isEqualTo(200);
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    private static int limit(JsonNode limits, String name) {
        int limit = 0;
        for (JsonNode one : limits.path("items")) {
            limit = one.path("name").asText().equals(name) ? one.path("value").asInt() : limit;
        }
        assertThat(limit).as("%s of %s", name, limits).isPositive();
        return limit;
    }

    private static List<Integer> asked(ServiceClient client, String question) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> asking = new ArrayList<>();
            for (int i = 0; i < CLIENTS * REQUESTS; i++) {
                asking.add(clients.submit(
                        () -> client.post(TASK + "/predictions", question).status()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> one : asking) {
                statuses.add(one.get(300, TimeUnit.SECONDS));
            }
            return statuses;
        } finally {
            clients.shutdownNow();
        }
    }

    private static String question(int inputs, int chars) {
        String all = IntStream.range(0, inputs)
                .mapToObj(i -> "\""
                        + ("fry the fish " + i + " and ").repeat(chars / 16 + 1).substring(0, chars) + "\"")
                .collect(Collectors.joining(","));
        return "{\"inputs\": [" + all + "]}";
    }
}
