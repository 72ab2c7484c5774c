// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopping and starting the packaged service: what it keeps, what it refuses, what it still answers. */
final class RestartIT {
    private static final int EXAMPLES = 200;
    private static final int QUESTIONS = 64;
    private static final int LONG_REQUEST_INPUTS = 256;
    private static final double TOLERANCE = 1e-6;
    private static final String TASK = "/v1/tasks/kitchen";
    private static final List<String> LABELS = List.of("baking", "frying", "cleaning", "shopping");
    private static final Map<String, String> ONE_ENCODER = Map.of("perennial.members.bundled", "all-minilm-l6-v2");

    @TempDir
    private Path home;

    @Test
    void restart_givesTheSameAnswers() throws Exception {
        Path data = home.resolve("data");
        JsonNode before;
        try (ServiceProcess service = ServiceProcess.ready(home, data, Map.of())) {
            teach(service.client());
            before = answers(service.client());
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, Map.of())) {
            JsonNode after = answers(service.client());
            assertThat(after.path("revision")).isEqualTo(before.path("revision"));
            assertThat(after.path("predictions")).hasSameSizeAs(before.path("predictions"));
            for (int i = 0; i < before.path("predictions").size(); i++) {
                same(
                        after.path("predictions").path(i),
                        before.path("predictions").path(i));
            }
        }
    }

    private static void same(JsonNode answer, JsonNode expected) {
        assertThat(answer.path("label")).isEqualTo(expected.path("label"));
        assertThat(answer.path("label_set")).isEqualTo(expected.path("label_set"));
        assertThat(answer.path("labels")).hasSize(LABELS.size());
        for (int i = 0; i < LABELS.size(); i++) {
            assertThat(answer.path("labels").path(i).path("probability").asDouble())
                    .isCloseTo(
                            expected.path("labels").path(i).path("probability").asDouble(), within(TOLERANCE));
        }
    }

    @Test
    void stopUnderLoad_refusesWhatComesLate_andCutsNothing() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), ONE_ENCODER)) {
            teach(service.client());
            ExecutorService clients = Executors.newFixedThreadPool(3);
            List<Future<List<Integer>>> asking = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                asking.add(clients.submit(() -> askUntilTheEnd(service.client())));
            }
            Thread.sleep(1000);
            Future<Integer> longRequest = clients.submit(() -> askForSeconds(service.client()));
            Thread.sleep(500);
            service.terminate();
            assertThat(service.exitStatus()).isEqualTo(143);
            clients.shutdown();
            assertThat(longRequest.get(60, TimeUnit.SECONDS)).isEqualTo(200);
            for (Future<List<Integer>> client : asking) {
                List<Integer> statuses = client.get(60, TimeUnit.SECONDS);
                // The long request keeps the door open long enough for the others to be turned away at it.
                assertThat(statuses).contains(200).endsWith(503);
                assertThat(statuses.subList(statuses.indexOf(503), statuses.size()))
                        .containsOnly(503);
                assertThat(statuses.subList(0, statuses.indexOf(503))).containsOnly(200);
            }
            assertThat(service.log()).doesNotContain("Timed out", "Request failed");
        }
    }

    /** Many long texts: what takes longer than the delay between the signal and the first refusal. */
    private static int askForSeconds(ServiceClient client) throws IOException, InterruptedException {
        String inputs = IntStream.range(0, LONG_REQUEST_INPUTS)
                .mapToObj(i -> "\"" + i + ": " + "knead the dough until it no longer sticks, ".repeat(7) + "\"")
                .collect(Collectors.joining(","));
        return client.post(TASK + "/predictions", "{\"inputs\": [" + inputs + "]}")
                .status();
    }

    /** The statuses of all replies, in order, until the server has gone. */
    private static List<Integer> askUntilTheEnd(ServiceClient client) throws InterruptedException {
        List<Integer> statuses = new ArrayList<>();
        try {
            while (true) {
                statuses.add(client.post(TASK + "/predictions", "{\"inputs\": [\"knead the dough\"]}")
                        .status());
            }
        } catch (IOException closed) {
            return statuses;
        }
    }

    @Test
    void secondProcess_onTheSameDirectory_isRefused() throws Exception {
        Path data = home.resolve("data");
        try (ServiceProcess first = ServiceProcess.ready(home, data, ONE_ENCODER);
                ServiceProcess second = ServiceProcess.start(home, data, ONE_ENCODER)) {
            assertThat(second.exitStatus()).isNotZero();
            assertThat(second.log())
                    .contains("Cannot start", data.toString(), "Another process")
                    .doesNotContain("\tat ");
            assertThat(first.client().status("/q/health/ready")).isEqualTo(200);
        }
    }

    @Test
    void killedProcess_leavesNoLibrariesOfTheRuntimeBehind() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), ONE_ENCODER)) {
            service.kill();
        }

        try (Stream<Path> left = Files.walk(home.resolve("tmp"))) {
            assertThat(left.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.contains("onnxruntime"));
        }
    }

    @Test
    void directoryThatCannotBeWritten_isRefused() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home, unwritable(), ONE_ENCODER)) {
            assertThat(service.exitStatus()).isNotZero();
            assertThat(service.log())
                    .contains("Cannot start", "cannot be created or written", "perennial.data-directory")
                    .doesNotContain("\tat ");
        }
    }

    /** Not even an administrator can make a directory among the processes. */
    private Path unwritable() throws Exception {
        Path readOnly = Files.createDirectory(home.resolve("read-only"));
        boolean bound = readOnly.toFile().setWritable(false) && !Files.isWritable(readOnly);
        return bound ? readOnly : Path.of("/proc/perennial");
    }

    @Test
    void terminate_turnsReadinessFirst_andAnswersWhatItHasBegun() throws Exception {
        Map<String, String> settings = Map.of(
                "perennial.members.bundled", "bge-small-en-v1.5",
                "quarkus.shutdown.delay", "2s",
                "quarkus.shutdown.timeout", "90s");
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            ServiceClient client = service.client();
            teach(client);
            ExecutorService clients = Executors.newFixedThreadPool(2);
            try {
                List<Future<ServiceClient.Reply>> begun = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    begun.add(clients.submit(() -> client.post(TASK + "/predictions", longQuestions())));
                }
                Thread.sleep(300);
                assertThat(begun).as("the questions are long enough").noneMatch(Future::isDone);
                service.terminate();
                await().pollInterval(Duration.ofMillis(50))
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> client.status("/q/health/ready") == 503);
                for (Future<ServiceClient.Reply> question : begun) {
                    assertThat(question.get().status()).isEqualTo(200);
                    assertThat(question.get().body().path("predictions")).hasSize(QUESTIONS);
                }
                service.exitStatus();
                assertThat(service.log()).contains("Stopped").doesNotContain("\tat ");
            } finally {
                clients.shutdownNow();
            }
        }
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        List<String> rows = new ArrayList<>();
        List<String> things = List.of("bread", "an egg", "the pan", "flour", "a fish");
        for (int i = 0; i < EXAMPLES; i++) {
            String label = LABELS.get(i % LABELS.size());
            String thing = things.get(i / LABELS.size() % things.size());
            rows.add("{\"text\": \"I am %s with %s in kitchen %d\", \"label\": \"%s\"}"
                    .formatted(label, thing, i, label));
        }
        ServiceClient.Reply taught =
                client.post(TASK + "/examples", "{\"examples\": [" + String.join(",", rows) + "]}");
        assertThat(taught.body().path("taught").asInt()).isEqualTo(EXAMPLES);
    }

    private static JsonNode answers(ServiceClient client) throws Exception {
        ServiceClient.Reply reply = client.post(TASK + "/predictions", """
                {"top_k": 4, "mode": "full", "inputs": ["where do I buy flour?", "the oven is hot", "wash the pan",
                 "two eggs in butter", "a cake for tomorrow", "nothing to do with it", "we need soap",
                 "the dough must rest", "oil is splashing", "is the market open?"]}""");
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }

    private static String longQuestions() {
        List<String> questions = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            questions.add("\""
                    + ("what shall I do with the pan and the fish number " + i + " in the kitchen? ").repeat(4) + "\"");
        }
        return "{\"mode\": \"full\", \"inputs\": [" + String.join(",", questions) + "]}";
    }
}
