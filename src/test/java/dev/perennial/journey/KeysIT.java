// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Keys and roles, on the packaged service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeysIT {
    private static final String OPERATOR = "0123456789abcdef0123456789abcdef";
    private static final Map<String, String> SETTINGS = Map.of(
            "perennial.members.bundled", "static",
            "quarkus.http.host", "0.0.0.0",
            "perennial.security.operator-key", OPERATOR);
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
    void withoutAKey_onlyHealthIsTold() throws Exception {
        for (String health : List.of("/q/health/ready", "/health", "/v2/health/live", "/v2/health/ready")) {
            assertThat(ask("GET", health, "", "").statusCode()).as(health).isEqualTo(200);
        }
        for (String path : List.of(
                "/v1/tasks",
                "/v1/limits",
                "/q/metrics",
                "/q/openapi",
                "/q/openapi.json",
                "/q/openapi.yaml",
                "/q/openapi.yml",
                "/q/none",
                "/q/swagger-ui/",
                "/v1/keys",
                "/v1/classifiers",
                "/v2",
                "/v2/models/one",
                "/info")) {
            HttpResponse<String> refused = ask("GET", path, "", "");
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate"))
                    .as(path)
                    .hasValueSatisfying(value -> assertThat(value).startsWith("Bearer"));
        }
        JsonNode problem = JSON.readTree(ask("GET", "/v1/tasks", "", "").body());
        assertThat(problem.path("type").asText()).isEqualTo("/problems/unauthenticated");
        assertThat(problem.path("detail").asText()).contains("Authorization: Bearer");
        assertThat(problem.path("trace_id").asText()).isNotBlank();
    }

    @Test
    void wrongKeys_areRefused_alsoWhereNoneIsNeeded() throws Exception {
        String real = issue("reader");
        for (String header : List.of(
                "Bearer " + OPERATOR + "0",
                "Bearer " + real + "0",
                "Bearer",
                "Bearer ",
                "Basic " + OPERATOR,
                OPERATOR,
                "Bearer " + "pk_" + "0".repeat(16) + "_" + "A".repeat(43))) {
            HttpResponse<String> refused = send(HttpRequest.newBuilder(at("/v1/tasks"))
                    .header("Authorization", header)
                    .GET());
            assertThat(refused.statusCode()).as(header).isEqualTo(401);
            assertThat(refused.body()).as(header).contains("/problems/unauthenticated");
        }
    }

    @Test
    void roles_areKept() throws Exception {
        String reader = issue("reader");
        String teacher = issue("teacher");
        assertThat(ask("PUT", "/v1/tasks/mine", reader, TASK).statusCode()).isEqualTo(403);
        assertThat(ask("PUT", "/v1/tasks/mine", teacher, TASK).statusCode()).isEqualTo(201);
        assertThat(ask("GET", "/v1/tasks/mine", reader, "").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/q/metrics", reader, "").statusCode()).isEqualTo(200);
        String examples = "{\"examples\": [{\"text\": \"a\", \"label\": \"x\"}, {\"text\": \"b\", \"label\": \"y\"}]}";
        assertThat(ask("POST", "/v1/tasks/mine/examples", reader, examples).statusCode())
                .isEqualTo(403);
        assertThat(ask("POST", "/v1/tasks/mine/examples", teacher, examples).statusCode())
                .isEqualTo(200);
        assertThat(ask("POST", "/v1/tasks/mine/predictions", reader, "{\"inputs\": [\"a\"]}")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = ask("DELETE", "/v1/tasks/mine", teacher, "");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(JSON.readTree(refused.body()).path("type").asText()).isEqualTo("/problems/forbidden");
        assertThat(ask("GET", "/v1/audit-events", teacher, "").statusCode()).isEqualTo(403);
        assertThat(ask("POST", "/v1/keys", teacher, "{\"role\": \"operator\"}").statusCode())
                .isEqualTo(403);

        String taught = JSON.readTree(
                        ask("GET", "/v1/audit-events?limit=1000", OPERATOR, "").body())
                .path("items")
                .toString();
        assertThat(taught).contains("\"actor\":\"" + id(teacher) + "\"").contains("\"actor\":\"operator\"");
        assertThat(ask("DELETE", "/v1/tasks/mine", OPERATOR, "").statusCode()).isEqualTo(200);
    }

    @Test
    void facades_keepTheRoles_andTellItInTheirWords() throws Exception {
        String reader = issue("reader");
        String teacher = issue("teacher");
        String examples = "{\"input\": [{\"text\": \"a\", \"label\": \"x\"}, {\"text\": \"b\", \"label\": \"y\"}]}";
        HttpResponse<String> refused = ask("POST", "/v1/train", reader, examples);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(JSON.readTree(refused.body()).path("detail").asText()).isNotBlank();
        HttpResponse<String> trained = ask("POST", "/v1/train", teacher, examples);
        assertThat(trained.statusCode()).isEqualTo(200);
        String made = "/v1/classifiers/"
                + JSON.readTree(trained.body()).path("classifier_id").asText();
        assertThat(ask("DELETE", made, reader, "").statusCode()).isEqualTo(403);
        assertThat(ask("PUT", "/v1/tasks/others", teacher, TASK).statusCode()).isEqualTo(201);
        assertThat(ask("DELETE", "/v1/classifiers/others", teacher, "").statusCode())
                .isEqualTo(404);
        assertThat(ask("DELETE", made, teacher, "").statusCode()).isEqualTo(200);
        assertThat(ask("DELETE", "/v1/tasks/others", OPERATOR, "").statusCode()).isEqualTo(200);

        HttpResponse<String> tei = ask("POST", "/embed", "", "{\"inputs\": \"a\"}");
        assertThat(tei.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(tei.body()).path("error_type").asText()).isEqualTo("Validation");
        assertThat(JSON.readTree(ask("GET", "/v2", "", "").body()).path("error").asText())
                .contains("Authorization");
        assertThat(JSON.readTree(ask("POST", "/v1/classify", "", "{}").body())
                        .path("message")
                        .asText())
                .contains("Authorization");
    }

    /** However it is spelt: whoever may not ask is not told whether there is something. */
    @Test
    void noSpelling_getsPastTheDoor() throws Exception {
        String reader = issue("reader");
        List<String> spellings = List.of(
                "/v1/keys",
                "/v1/keys/",
                "//v1/keys",
                "/v1//keys",
                "/V1/keys",
                "/v1/KEYS",
                "/v1/%6beys",
                "/v1/./keys",
                "/v1/x/../keys",
                "/v1/keys;a=1",
                "/v1%2fkeys",
                "/v1/keys?x=%2e");
        for (String spelling : spellings) {
            assertThat(ask("GET", spelling, "", "").statusCode()).as(spelling).isIn(400, 401, 404);
            assertThat(ask("GET", spelling, reader, "").statusCode())
                    .as(spelling)
                    .isIn(400, 403, 404, 405, 422);
            assertThat(ask("POST", spelling, reader, "{\"role\": \"operator\"}").statusCode())
                    .as(spelling)
                    .isIn(400, 403, 404, 405, 422);
        }
    }

    /** Every operation of the reference is closed to who has no key, and names who is let in. */
    @Test
    void everyOperation_asksForAKey() throws Exception {
        JsonNode reference =
                JSON.readTree(ask("GET", "/q/openapi?format=json", OPERATOR, "").body());
        List<String> open = new ArrayList<>();
        int asked = 0;
        for (Map.Entry<String, JsonNode> path : reference.get("paths").properties()) {
            String uri = path.getKey().replaceAll("\\{[^}]+}", "one");
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
                if (path.getKey().matches("/problems/.*|/health|/v2/health/.*")) {
                    continue;
                }
                asked++;
                if (ask(method, uri, "", method.equals("GET") ? "" : "{}").statusCode() != 401) {
                    open.add(method + " " + uri);
                }
            }
        }
        assertThat(asked).isGreaterThan(100);
        assertThat(open).isEmpty();
    }

    @Test
    void key_isShownOnce_andRevokedAtOnce_andNeverLogged() throws Exception {
        HttpResponse<String> reply = ask("POST", "/v1/keys", OPERATOR, "{\"name\": \"guest\", \"role\": \"reader\"}");
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(reply.headers().allValues("Cache-Control")).containsExactly("no-store");
        JsonNode made = JSON.readTree(reply.body());
        String secret = made.path("key").asText();
        assertThat(ask("GET", "/v1/tasks", secret, "").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/v1/keys", OPERATOR, "").body())
                .contains(made.path("id").asText())
                .doesNotContain(secret.substring(20));
        assertThat(ask("DELETE", "/v1/keys/" + made.path("id").asText(), OPERATOR, "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(ask("GET", "/v1/tasks", secret, "").statusCode()).isEqualTo(401);
        assertThat(ask("DELETE", "/v1/keys/" + made.path("id").asText(), OPERATOR, "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(service.log()).doesNotContain(secret.substring(20)).doesNotContain(OPERATOR);
    }

    @Test
    void badOrders_areRefused() throws Exception {
        for (String order : List.of(
                "{}",
                "{\"role\": \"admin\"}",
                "{\"role\": \"READER\"}",
                "{\"role\": \"reader\", \"expires_at\": \"yesterday\"}",
                "{\"role\": \"reader\", \"expires_at\": \"2001-01-01T00:00:00Z\"}")) {
            assertThat(ask("POST", "/v1/keys", OPERATOR, order).statusCode())
                    .as(order)
                    .isEqualTo(422);
        }
    }

    @Test
    void reachableService_doesNotStartWithoutAKey() throws Exception {
        try (ServiceProcess closed = ServiceProcess.start(
                home,
                home.resolve("other"),
                Map.of("perennial.members.bundled", "static", "quarkus.http.host", "0.0.0.0"))) {
            assertThat(closed.exitStatus()).isNotZero();
            assertThat(closed.log()).contains("perennial.security.operator-key").doesNotContain("\tat ");
        }
    }

    @Test
    void openService_isClosedByItsFirstKey_andStaysSo() throws Exception {
        Path data = home.resolve("local");
        Map<String, String> settings = Map.of("perennial.members.bundled", "static");
        String first;
        try (ServiceProcess local = ServiceProcess.ready(home, data, settings)) {
            assertThat(local.client().get("/v1/tasks").status()).isEqualTo(200);
            assertThat(local.client().put("/v1/tenants/acme", "{}").status())
                    .as("a tenant while everybody here is an administrator")
                    .isEqualTo(409);
            // A page whose own name was made to point at this machine.
            assertThat(statusByName(local.client().port(), "evil.example")).isEqualTo(401);
            // A page of elsewhere, and what a proxy sends on.
            for (String header : List.of(
                    "Origin: https://evil.example",
                    "Origin: null",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site",
                    "X-Forwarded-For: 192.0.2.1",
                    "Forwarded: for=192.0.2.1",
                    "Via: 1.1 proxy")) {
                assertThat(statusByName(local.client().port(), "localhost\r\n" + header))
                        .as(header)
                        .isEqualTo(401);
            }
            assertThat(statusByName(local.client().port(), "localhost\r\nOrigin: http://localhost:8080"))
                    .isEqualTo(200);
            assertThat(local.client().post("/v1/keys", "{\"role\": \"reader\"}").status())
                    .isEqualTo(409);
            ServiceClient.Reply made = local.client().post("/v1/keys", "{\"role\": \"operator\"}");
            assertThat(made.status()).isEqualTo(201);
            first = made.body().path("key").asText();
            assertThat(local.client().get("/v1/tasks").status()).isEqualTo(401);
        }
        try (ServiceProcess local = ServiceProcess.ready(home, data, settings)) {
            assertThat(local.client().get("/v1/tasks").status()).isEqualTo(401);
            HttpResponse<String> listed = send(HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + local.client().port() + "/v1/keys"))
                    .header("Authorization", "Bearer " + first)
                    .GET());
            assertThat(listed.statusCode()).isEqualTo(200);
        }
    }

    private static int statusByName(int port, String name) throws Exception {
        try (java.net.Socket socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET /v1/tasks HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(reply.split(" ", 3)[1]);
        }
    }

    private String issue(String role) throws Exception {
        HttpResponse<String> reply = ask("POST", "/v1/keys", OPERATOR, "{\"role\": \"" + role + "\"}");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(201);
        return JSON.readTree(reply.body()).path("key").asText();
    }

    private static String id(String key) {
        return "key_" + key.substring(3, 19);
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + service.client().port() + path);
    }

    private HttpResponse<String> ask(String method, String path, String key, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        return send(key.isEmpty() ? request : request.header("Authorization", "Bearer " + key));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
