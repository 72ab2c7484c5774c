// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends every operation of the reference requests that are nearly right, and some that are not at all. None may come to
 * a failure of the service, and every refusal has to be a problem. {@code -Dperennial.fuzz.requests=20000} sends more,
 * {@code -Dperennial.seed} others.
 */
final class OpenApiFuzzIT {
    private static final String OPERATOR = "0123456789abcdef0123456789abcdef";
    private static final int REQUESTS = Integer.getInteger("perennial.fuzz.requests", 2_000);
    private static final long SEED = Long.getLong("perennial.seed", 20_261_123);
    private static final int MOST_REPETITIONS = 20;
    private static final long BETWEEN_REPETITIONS_MILLIS = 200;
    private static final int MOST_FAILURES = 20;
    private static final int BETWEEN_REPAIRS = 25;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> TEI = List.of(
            "/embed",
            "/embed_all",
            "/embed_sparse",
            "/predict",
            "/rerank",
            "/similarity",
            "/info",
            "/tokenize",
            "/health");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path home;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private URI service;
    private int repeated;
    private int hurried;

    @Test
    void nothingComesToAFailure_andEveryRefusalIsAProblem() throws Exception {
        System.out.println("seed " + SEED + ", " + REQUESTS + " requests");
        Map<String, String> settings = Map.of(
                "perennial.members.bundled", "static",
                "perennial.limits.body-bytes", "65536",
                "perennial.security.operator-key", OPERATOR);
        try (ServiceProcess process = ServiceProcess.ready(home, home.resolve("data"), settings)) {
            service = URI.create("http://127.0.0.1:" + process.client().port());
            FuzzedRequests requests = new FuzzedRequests(
                    JSON.readTree(send(request("/q/openapi?format=json").GET()).body()), new Random(SEED));
            assertThat(requests.operations()).isGreaterThan(100);
            for (int i = 0; i < REQUESTS && failures.size() < MOST_FAILURES; i++) {
                if (i % BETWEEN_REPAIRS == 0) {
                    repair();
                }
                ask(requests.next(i)).ifPresent(requests::learn);
            }
            System.out.println("statuses " + statuses + ", after a 503 repeated " + repeated
                    + ", given up after the millisecond that was asked for " + hurried);
            assertThat(failures).isEmpty();
            assertThat(process.log()).doesNotContain("Request failed");
            assertThat(process.client().status("/q/health/ready")).isEqualTo(200);
        }
        assertThat(statuses.keySet()).contains(200, 404, 422);
    }

    /** What was answered, if it was what was asked for. */
    private Optional<String> ask(FuzzedRequests.Fuzzed fuzzed) throws Exception {
        HttpRequest.Builder request = request(fuzzed.path());
        fuzzed.headers().forEach(request::header);
        request.method(fuzzed.method(), HttpRequest.BodyPublishers.ofByteArray(fuzzed.body()));
        HttpResponse<byte[]> reply;
        try {
            reply = send(request);
        } catch (java.io.IOException unanswered) {
            failures.add("unanswered " + fuzzed + ": " + unanswered);
            return Optional.empty();
        }
        for (int i = 0; i < MOST_REPETITIONS && mayBeRepeated(reply); i++) {
            Thread.sleep(BETWEEN_REPETITIONS_MILLIS);
            repeated++;
            reply = send(request);
        }
        int status = reply.statusCode();
        statuses.merge(status, 1, Integer::sum);
        if (status == 503 && isHurried(fuzzed)) {
            hurried++;
            requireProblem(fuzzed, reply);
        } else if (status >= 500) {
            failures.add(status + " " + fuzzed + ": " + text(reply));
        } else if (status >= 400) {
            requireProblem(fuzzed, reply);
        }
        return status < 300 ? Optional.of(new String(reply.body(), StandardCharsets.UTF_8)) : Optional.empty();
    }

    /** What is told to wait a moment, as for a graph that has just been defined, waits. */
    private static boolean mayBeRepeated(HttpResponse<byte[]> reply) {
        return reply.statusCode() == 503
                && reply.headers().firstValue("Retry-After").isPresent();
    }

    /** Whoever wants an answer within a millisecond, and else none, is given none. */
    private static boolean isHurried(FuzzedRequests.Fuzzed fuzzed) {
        return "1".equals(fuzzed.headers().get("X-Request-Timeout-Ms"));
    }

    private void requireProblem(FuzzedRequests.Fuzzed fuzzed, HttpResponse<byte[]> reply) throws Exception {
        String type = reply.headers().firstValue("Content-Type").orElse("");
        JsonNode body =
                type.startsWith("application/problem+json") ? JSON.readTree(reply.body()) : JSON.createObjectNode();
        boolean whole = body.path("type").asText().startsWith("/problems/")
                && body.path("status").asInt() == reply.statusCode()
                && !body.path("detail").asText().isBlank()
                && !body.path("trace_id").asText().isBlank();
        if (!whole && !isToldInItsDialect(fuzzed.path(), reply)) {
            failures.add(reply.statusCode() + " without a problem " + fuzzed + ": " + type + " " + text(reply));
        }
    }

    /** Façades tell failures as the protocols do that they speak. */
    private static boolean isToldInItsDialect(String uri, HttpResponse<byte[]> reply) throws Exception {
        String type = reply.headers().firstValue("Content-Type").orElse("");
        if (!type.startsWith("application/json")) {
            return false;
        }
        JsonNode body = JSON.readTree(reply.body());
        String path = uri.replaceAll("\\?.*", "");
        List<String> members = path.equals("/v1/classify")
                ? List.of(body.has("message") ? "message" : "detail")
                : path.matches("/v1/(train|classifiers.*)")
                        ? List.of("detail")
                        : path.equals("/v2/rerank")
                                ? List.of("message")
                                : path.matches("/v2(/.*)?")
                                        ? List.of("error")
                                        : TEI.contains(path)
                                                ? List.of("error", "error_type")
                                                : List.of("no dialect here");
        return members.stream().noneMatch(member -> body.path(member).asText().isBlank());
    }

    private static String text(HttpResponse<byte[]> reply) {
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        return text.substring(0, Math.min(300, text.length()));
    }

    /** Requests that happen to be right remove things; without them most others would only be told so. */
    private void repair() throws Exception {
        put("/v1/tasks/one", "{\"kind\": \"classification\", \"input\": \"text\"}");
        post(
                "/v1/tasks/one/examples",
                "{\"examples\": [{\"text\": \"a cat\", \"label\": \"animal\", \"external_id\": \"one\"},"
                        + " {\"text\": \"a dog\", \"label\": \"animal\", \"source\": \"one\"},"
                        + " {\"text\": \"a rose\", \"label\": \"plant\"}, {\"text\": \"an oak\", \"label\": \"plant\"}]}");
        put("/v1/tasks/one/suite", "{\"examples\": [{\"text\": \"a cow\", \"label\": \"animal\"}]}");
        put("/v1/graphs/one", "{}");
        put("/v1/graphs/one/entities/one", "{\"labels\": {\"en\": \"Oslo\"}}");
        put("/v1/sources/one", "{}");
        put("/v1/evaluation-texts/one", "{\"texts\": [\"a cow\"]}");
    }

    private void put(String path, String json) throws Exception {
        send(request(path).header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    private void post(String path, String json) throws Exception {
        send(request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(service.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + OPERATOR);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String upper(String method) {
        return method.toUpperCase(Locale.ROOT);
    }
}
