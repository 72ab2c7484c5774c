// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates beside what serves, and silent tasks, go on after a restart of the packaged service. */
final class ShadowRestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TASK = "/v1/tasks/kitchen";
    private static final String QUESTION = "{\"inputs\": [\"the oven is hot\"]}";
    private static final Map<String, String> ONE_ENCODER = Map.of("perennial.members.bundled", "all-minilm-l6-v2");

    @TempDir
    private Path home;

    @Test
    void restart_goesOnWithWhatWasCounted_andWithTheSameCanaries() throws Exception {
        Path data = home.resolve("data");
        String shadow;
        String candidate;
        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            ServiceClient client = service.client();
            client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
            client.post(TASK + "/examples", """
                    {"examples": [{"text": "the bread is in the oven", "label": "baking"},
                                  {"text": "an egg in the pan", "label": "frying"}]}""");
            candidate = client.post(TASK + "/candidates", """
                            {"examples": [{"text": "the oven is hot", "label": "frying"}]}""")
                    .body()
                    .path("revision")
                    .asText();
            ServiceClient.Reply begun = client.post(TASK + "/shadows", "{\"canary\": 1}");
            assertThat(begun.status()).isEqualTo(201);
            shadow = TASK + "/shadows/" + begun.body().path("id").asText();
            client.put(TASK + "/apprenticeship", "{\"accuracy\": 0.9}");
            ask(client, candidate);
            await(client, shadow, view -> view.path("asked").asInt() == 1);
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            ServiceClient client = service.client();
            await(client, shadow, view -> view.path("ready").asBoolean());
            assertThat(client.get(shadow).body().path("asked").asInt()).isEqualTo(1);
            assertThat(client.get(shadow).body().path("canary_answers").asInt()).isEqualTo(1);
            ask(client, candidate);
            await(client, shadow, view -> view.path("asked").asInt() == 2);
            assertThat(client.get(TASK + "/apprenticeship")
                            .body()
                            .path("answers")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    private static void ask(ServiceClient client, String candidate) throws Exception {
        JsonNode reply = client.post(TASK + "/predictions", QUESTION).body();
        assertThat(reply.path("revision").asText()).isEqualTo(candidate);
        assertThat(reply.path("predictions").path(0).path("apprentice").asBoolean())
                .isTrue();
    }

    private static void await(ServiceClient client, String shadow, Predicate<JsonNode> reached) {
        Awaitility.await().atMost(PATIENCE).until(() -> reached.test(view(client, shadow)));
    }

    private static JsonNode view(ServiceClient client, String shadow) throws IOException, InterruptedException {
        return client.get(shadow).body();
    }
}
