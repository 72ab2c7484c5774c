// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service, with encoders of bytes and of single precision over the same data. */
final class PrecisionIT {
    private static final String TASK = "/v1/tasks/weather";
    private static final Map<String, String> MIXED = Map.of(
            "perennial.members.bundled", "all-minilm-l6-v2,bge-small-en-v1.5",
            "perennial.members.precision", "int8",
            "perennial.members.precisions.\"bge-small-en-v1.5\"", "fp32");
    private static final Map<String, String> CHOOSING = Map.of(
            "perennial.members.bundled", "static,all-minilm-l6-v2",
            "perennial.members.precision", "auto");
    private static final Map<String, String> FLOATS =
            Map.of("perennial.members.bundled", "all-minilm-l6-v2,bge-small-en-v1.5");

    @TempDir
    private Path home;

    @Test
    void precision_isEachMembersOwn_andItsHeadsAreNotMixedUp() throws Exception {
        Path data = home.resolve("data");
        JsonNode rounded;
        try (ServiceProcess service = ServiceProcess.ready(home, data, MIXED)) {
            ServiceClient client = service.client();
            teach(client);
            rounded = client.get("/v1/members/all-minilm-l6-v2").body();
            assertThat(rounded.path("precision").asText()).isEqualTo("int8");
            assertThat(client.get("/v1/members/bge-small-en-v1.5")
                            .body()
                            .path("precision")
                            .asText())
                    .isEqualTo("fp32");
            assertThat(answers(client)).containsExactly("rain", "sun");
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, FLOATS)) {
            JsonNode floats =
                    service.client().get("/v1/members/all-minilm-l6-v2").body();
            assertThat(floats.path("precision").asText()).isEqualTo("fp32");
            assertThat(floats.path("digest")).isNotEqualTo(rounded.path("digest"));
            assertThat(floats.path("bytes").asLong())
                    .isGreaterThan(3 * rounded.path("bytes").asLong());
            assertThat(answers(service.client())).containsExactly("rain", "sun");
        }
    }

    @Test
    void auto_choosesBytesForATaskOnceItsExamplesAllowIt_andChoosesTheSameAfterARestart() throws Exception {
        Path data = home.resolve("data");
        JsonNode before;
        try (ServiceProcess service = ServiceProcess.ready(home, data, CHOOSING)) {
            ServiceClient client = service.client();
            JsonNode member = client.get("/v1/members/all-minilm-l6-v2").body();
            assertThat(member.path("precision").asText()).isEqualTo("auto");
            assertThat(member.path("bytes").asLong()).isGreaterThan(100_000_000);
            teach(client, 0, 20);
            assertThat(precisions(client)).isEqualTo(Map.of("static", "fp32", "all-minilm-l6-v2", "fp32"));
            teach(client, 20, 180);
            assertThat(precisions(client)).isEqualTo(Map.of("static", "fp32", "all-minilm-l6-v2", "int8"));
            before = predictions(client);
            assertThat(client.get("/v1/models").body().path("data")).hasSize(3);
            client.put(TASK + "/policy", "{\"cascade_risk\": 0}");
            assertThat(precisions(client)).containsEntry("all-minilm-l6-v2", "fp32");
            client.put(TASK + "/policy", "{\"cascade_risk\": 0.01}");
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, CHOOSING)) {
            assertThat(precisions(service.client())).containsEntry("all-minilm-l6-v2", "int8");
            assertThat(predictions(service.client())).isEqualTo(before);
        }
    }

    private static Map<String, String> precisions(ServiceClient client) throws Exception {
        Map<String, String> precisions = new HashMap<>();
        client.get(TASK)
                .body()
                .path("precisions")
                .properties()
                .forEach(each -> precisions.put(each.getKey(), each.getValue().asText()));
        return precisions;
    }

    /** Without what is another for each request or change. */
    private static JsonNode predictions(ServiceClient client) throws Exception {
        JsonNode predictions = client.post(
                        TASK + "/predictions",
                        "{\"mode\": \"full\", \"inputs\": [\"take an umbrella, it is pouring\", \"a lovely day\"]}")
                .body()
                .path("predictions");
        predictions.forEach(each -> ((ObjectNode) each).remove("id"));
        return predictions;
    }

    private static void teach(ServiceClient client) throws Exception {
        teach(client, 0, 20);
    }

    private static void teach(ServiceClient client, int from, int to) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        List<String> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add("{\"text\": \"it is pouring on street %d, take an umbrella\", \"label\": \"rain\"}".formatted(i));
            rows.add("{\"text\": \"clear sky over street %d, wear a hat\", \"label\": \"sun\"}".formatted(i));
        }
        ServiceClient.Reply taught =
                client.post(TASK + "/examples", "{\"examples\": [" + String.join(",", rows) + "]}");
        assertThat(taught.body().path("taught").asInt()).isEqualTo(rows.size());
    }

    private static List<String> answers(ServiceClient client) throws Exception {
        ServiceClient.Reply reply = client.post(
                TASK + "/predictions",
                "{\"mode\": \"full\", \"inputs\": [\"take an umbrella, it is pouring\", \"not a cloud, a clear sky\"]}");
        assertThat(reply.status()).isEqualTo(200);
        List<String> labels = new ArrayList<>();
        reply.body()
                .path("predictions")
                .forEach(each -> labels.add(each.path("label").asText()));
        return labels;
    }
}
