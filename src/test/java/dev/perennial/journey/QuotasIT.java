// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Quotas of keys, on the packaged service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotasIT {
    private static final String OPERATOR = "0123456789abcdef0123456789abcdef";
    private static final Map<String, String> SETTINGS = Map.of(
            "perennial.members.bundled", "static",
            "perennial.limits.sync-examples", "5",
            "perennial.security.operator-key", OPERATOR,
            "perennial.security.examples-per-day", "8");
    private static final String TASK = "{\"kind\": \"classification\", \"input\": \"text\"}";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    private Path home;
    private ServiceProcess service;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        home = directory;
        service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void requestsOfAMinute_areBounded_alsoThoseOfFacades_inTheirWords() throws Exception {
        JsonNode key = issue("{\"role\": \"reader\", \"requests_per_minute\": 1}");
        assertThat(key.path("requests_per_minute").asInt()).isEqualTo(1);
        assertThat(key.path("examples_per_day").isNull()).isTrue();
        String secret = key.path("key").asText();

        HttpResponse<String> first = ask("GET", "/v1/tasks", secret, "");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("RateLimit-Policy")).hasValue("\"requests\";q=1;w=60");
        assertThat(first.headers().firstValue("RateLimit")).hasValue("\"requests\";r=0;t=60");
        HttpResponse<String> refused = ask("GET", "/v1/tasks", secret, "");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 60);
        JsonNode problem = JSON.readTree(refused.body());
        assertThat(problem.path("type").asText()).isEqualTo("/problems/quota-exceeded");
        assertThat(problem.path("detail").asText()).contains("At most 1 requests a minute");
        assertThat(problem.path("limit").asInt()).isEqualTo(1);
        assertThat(problem.path("retryable").asBoolean()).isTrue();

        Map<String, String> wordsByPath = Map.of(
                "/embed", "error",
                "/v2/rerank", "message",
                "/v2/models/x/infer", "error",
                "/v1/train", "detail",
                "/v1/classify", "message");
        for (Map.Entry<String, String> facade : wordsByPath.entrySet()) {
            HttpResponse<String> told = ask("POST", facade.getKey(), secret, "{}");
            assertThat(told.statusCode()).as(facade.getKey()).isEqualTo(429);
            assertThat(told.headers().firstValue("Retry-After"))
                    .as(facade.getKey())
                    .isPresent();
            assertThat(JSON.readTree(told.body()).path(facade.getValue()).asText())
                    .as(facade.getKey())
                    .contains("requests_per_minute");
        }
        assertThat(ask("GET", "/q/health/ready", secret, "").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/v1/tasks", secret + "0", "").statusCode()).isEqualTo(401);

        HttpResponse<String> widened =
                ask("PUT", "/v1/keys/" + key.path("id").asText() + "/quota", OPERATOR, "{\"requests_per_minute\": 9}");
        assertThat(widened.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(widened.body()).path("requests_per_minute").asInt())
                .isEqualTo(9);
        assertThat(ask("GET", "/v1/tasks", secret, "").headers().firstValue("RateLimit"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("\"requests\";r=8;"));
        assertThat(ask("GET", "/v1/tasks", OPERATOR, "").headers().firstValue("RateLimit"))
                .isEmpty();
    }

    @Test
    void examplesOfADay_areBounded_inEveryWayOfTeaching() throws Exception {
        assertThat(ask("PUT", "/v1/tasks/mine", OPERATOR, TASK).statusCode()).isEqualTo(201);
        String secret = issue("{\"role\": \"teacher\"}").path("key").asText();
        String path = "/v1/tasks/mine/examples";
        HttpResponse<String> taught = teach(path, secret, "first", 0, 3);
        assertThat(taught.statusCode()).as(taught.body()).isEqualTo(200);
        assertThat(teach(path, secret, "first", 0, 3).headers().firstValue("Idempotent-Replayed"))
                .hasValue("true");

        // By a job, which would be more than are left.
        HttpResponse<String> refused = teach(path, secret, "second", 3, 9);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
        assertThat(JSON.readTree(refused.body()).path("detail").asText())
                .contains("At most 8 examples a day")
                .contains("5 are left")
                .contains("the request has 6");
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 24 * 3_600 + 1);
        assertThat(examples()).isEqualTo(3);

        assertThat(teach(path, secret, "third", 3, 6).statusCode()).isEqualTo(200);
        String correction = "{\"text\": \"text 0\", \"label\": \"b\"}";
        HttpResponse<String> corrected = ask("POST", "/v1/tasks/mine/feedback", secret, correction);
        assertThat(corrected.statusCode()).as(corrected.body()).isEqualTo(200);
        assertThat(teach("/v1/tasks/mine/candidates", secret, "fourth", 6, 8).statusCode())
                .isEqualTo(429);
        String trained = "{\"classifier_id\": \"mine\", \"input\": [{\"text\": \"x\", \"label\": \"a\"},"
                + " {\"text\": \"y\", \"label\": \"b\"}]}";
        HttpResponse<String> facade = ask("POST", "/v1/train", secret, trained);
        assertThat(facade.statusCode()).as(facade.body()).isEqualTo(429);
        assertThat(JSON.readTree(facade.body()).path("detail").asText()).contains("examples_per_day");

        // The count is in the store.
        service.kill();
        service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS);
        assertThat(teach(path, secret, "fifth", 20, 22).statusCode()).isEqualTo(429);
        assertThat(teach(path, secret, "sixth", 20, 21).statusCode()).isEqualTo(200);
        assertThat(ask("POST", "/v1/tasks/mine/feedback", secret, correction).statusCode())
                .isEqualTo(429);
        // Whoever runs the service teaches as much as they like, by a job as well.
        assertThat(teach(path, OPERATOR, "seventh", 30, 40).statusCode()).isEqualTo(202);
    }

    @Test
    void badQuotas_areRefused() throws Exception {
        for (String quota : List.of(
                "\"requests_per_minute\": 0",
                "\"requests_per_minute\": -1",
                "\"requests_per_minute\": 1000001",
                "\"requests_per_minute\": 1.5",
                "\"requests_per_minute\": \"60\"",
                "\"examples_per_day\": 0",
                "\"examples_per_day\": 1000000001",
                "\"examples_per_day\": 99999999999999999999",
                "\"per_day\": 5")) {
            HttpResponse<String> ordered = ask("POST", "/v1/keys", OPERATOR, "{\"role\": \"reader\", " + quota + "}");
            assertThat(ordered.statusCode()).as(quota).isEqualTo(422);
            assertThat(ask("PUT", "/v1/keys/key_none/quota", OPERATOR, "{" + quota + "}")
                            .statusCode())
                    .as(quota)
                    .isEqualTo(422);
        }
        assertThat(ask("PUT", "/v1/keys/key_none/quota", OPERATOR, "{}").statusCode())
                .isEqualTo(404);
        String teacher = issue("{\"role\": \"teacher\"}").path("key").asText();
        assertThat(ask("PUT", "/v1/keys/key_none/quota", teacher, "{}").statusCode())
                .isEqualTo(403);
    }

    private long examples() throws Exception {
        return JSON.readTree(ask("GET", "/v1/tasks/mine/examples", OPERATOR, "").body())
                .path("items")
                .size();
    }

    private HttpResponse<String> teach(String path, String key, String idempotency, int from, int to) throws Exception {
        String rows = IntStream.range(from, to)
                .mapToObj(i -> "{\"text\": \"text " + i + "\", \"label\": \"" + (i % 2 == 0 ? "a" : "b") + "\"}")
                .collect(Collectors.joining(", "));
        return send(request(path, key)
                .header("Idempotency-Key", idempotency)
                .POST(HttpRequest.BodyPublishers.ofString("{\"examples\": [" + rows + "]}")));
    }

    private JsonNode issue(String order) throws Exception {
        HttpResponse<String> reply = ask("POST", "/v1/keys", OPERATOR, order);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(201);
        return JSON.readTree(reply.body());
    }

    private HttpResponse<String> ask(String method, String path, String key, String body) throws Exception {
        return send(request(path, key)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.client().port() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
