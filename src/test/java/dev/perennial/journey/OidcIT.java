// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.oidc.TestIdentityProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens of an identity provider, on the packaged service, which can be reached from elsewhere and has no operator key.
 */
final class OidcIT {
    private static final String TASK = "{\"kind\": \"classification\", \"input\": \"text\"}";
    private static final String AUDIENCE = "perennial";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path home;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void tokens_letTheirSubjectsIn_byTheirRoles_besideKeys() throws Exception {
        try (TestIdentityProvider idp = new TestIdentityProvider();
                ServiceProcess service = started(idp.address())) {
            String reader = idp.token("some reader", AUDIENCE, "perennial-reader");
            String teacher = idp.token("some teacher", AUDIENCE, "perennial-teacher");
            String operator = idp.token("some operator", AUDIENCE, "perennial-operator");
            assertThat(ask(service, "PUT", "/v1/tasks/mine", reader, TASK).statusCode())
                    .isEqualTo(403);
            assertThat(ask(service, "PUT", "/v1/tasks/mine", teacher, TASK).statusCode())
                    .isEqualTo(201);
            assertThat(ask(service, "GET", "/v1/tasks/mine", reader, "").statusCode())
                    .isEqualTo(200);
            assertThat(ask(service, "GET", "/q/metrics", reader, "").statusCode())
                    .isEqualTo(200);

            // An operator by a token makes keys, and they go on by themselves.
            HttpResponse<String> made = ask(service, "POST", "/v1/keys", operator, "{\"role\": \"reader\"}");
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            String key = JSON.readTree(made.body()).path("key").asText();
            int asked = idp.asked();
            assertThat(ask(service, "GET", "/v1/tasks", key, "").statusCode()).isEqualTo(200);
            assertThat(ask(service, "GET", "/v1/tasks", "pk_0123", "").statusCode())
                    .isEqualTo(401);
            assertThat(idp.asked()).as("nobody is asked about a key").isEqualTo(asked);

            String events = ask(service, "GET", "/v1/audit-events?limit=1000", operator, "")
                    .body();
            assertThat(JSON.readTree(events).path("items"))
                    .filteredOn(event -> event.path("action").asText().equals("task.define"))
                    .extracting(event -> event.path("actor").asText())
                    .allMatch(actor -> actor.matches("oidc_[0-9a-f]{16}"))
                    .isNotEmpty();
            assertThat(events + service.log()).doesNotContain("some teacher", "example.org", "Some Body");
            assertThat(service.log()).doesNotContain(teacher.substring(0, 30), key.substring(20));
        }
    }

    @Test
    void tokensThatAreNotForThisService_areRefused_asProblems() throws Exception {
        try (TestIdentityProvider idp = new TestIdentityProvider();
                TestIdentityProvider other = new TestIdentityProvider();
                ServiceProcess service = started(idp.address())) {
            JwtClaims expired = idp.claims("s", AUDIENCE, Instant.now().minusSeconds(10_000));
            expired.setStringListClaim("roles", "perennial-operator");
            String good = idp.token("s", AUDIENCE, "perennial-operator");
            String[] parts = good.split("\\.");
            Map<String, String> wrong = Map.of(
                    idp.rsaSigned(expired),
                    "has expired",
                    idp.token("s", "others", "perennial-operator"),
                    "another audience",
                    other.token("s", AUDIENCE, "perennial-operator"),
                    "not the issuer's",
                    "eyJhbGciOiJub25lIn0." + parts[1] + ".",
                    "not signed as this service takes it",
                    parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length()),
                    "not the issuer's");
            for (Map.Entry<String, String> token : wrong.entrySet()) {
                HttpResponse<String> refused = ask(service, "GET", "/v1/tasks", token.getKey(), "");
                assertThat(refused.statusCode()).as(token.getValue()).isEqualTo(401);
                JsonNode problem = JSON.readTree(refused.body());
                assertThat(problem.path("type").asText()).isEqualTo("/problems/unauthenticated");
                assertThat(problem.path("detail").asText()).contains(token.getValue());
                assertThat(refused.headers().firstValue("WWW-Authenticate"))
                        .hasValueSatisfying(value -> assertThat(value)
                                .startsWith("Bearer realm=\"perennial\", error=\"invalid_token\"")
                                .contains(token.getValue()));
            }
            assertThat(ask(service, "POST", "/embed", parts[0] + "." + parts[1] + ".AAAA", "{}")
                            .body())
                    .contains("\"error_type\"");

            for (String path : List.of("/v1/tasks", "/q/metrics")) {
                HttpResponse<String> forbidden = ask(service, "GET", path, idp.token("s", AUDIENCE, "somebody"), "");
                assertThat(forbidden.statusCode()).as(path).isEqualTo(403);
                assertThat(JSON.readTree(forbidden.body()).path("detail").asText())
                        .contains("'roles'");
            }
            assertThat(ask(service, "GET", "/v1/tasks", good, "").statusCode()).isEqualTo(200);
            HttpResponse<String> without = http.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://127.0.0.1:" + service.client().port() + "/v1/tasks"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(without.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void providerThatIsDown_keepsNobodyWithAKeyOut_andIsTakenWhenItComes() throws Exception {
        String operator = "0123456789abcdef0123456789abcdef";
        TestIdentityProvider first = new TestIdentityProvider();
        int port = first.port();
        String token = first.token("s", AUDIENCE, "perennial-reader");
        first.close();
        Map<String, String> more =
                Map.of("perennial.security.operator-key", operator, "perennial.security.requests-per-minute", "1");
        try (ServiceProcess service = started("http://127.0.0.1:" + port + "/realm", more)) {
            HttpResponse<String> refused = ask(service, "GET", "/v1/tasks", token, "");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            JsonNode problem = JSON.readTree(refused.body());
            assertThat(problem.path("type").asText()).isEqualTo("/problems/not-ready");
            assertThat(problem.path("detail").asText()).contains("identity provider");
            assertThat(ask(service, "GET", "/v1/tasks", operator, "").statusCode())
                    .isEqualTo(200);

            try (TestIdentityProvider idp = new TestIdentityProvider(port)) {
                String fresh = idp.token("s", AUDIENCE, "perennial-reader");
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() ->
                                ask(service, "GET", "/v1/limits", fresh, "").statusCode() == 200);
                // Each subject has the default's one.
                assertThat(ask(service, "GET", "/v1/limits", fresh, "").statusCode())
                        .isEqualTo(429);
                String another = idp.token("another", AUDIENCE, "perennial-reader");
                assertThat(ask(service, "GET", "/v1/limits", another, "").statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void providerThatHangs_keepsNobodyWithAKeyWaiting() throws Exception {
        String operator = "0123456789abcdef0123456789abcdef";
        HttpClient many =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try (TestIdentityProvider idp = new TestIdentityProvider();
                ServiceProcess service = started(idp.address(), Map.of("perennial.security.operator-key", operator))) {
            idp.hang();
            String token = idp.token("s", AUDIENCE, "perennial-reader");
            // More than the service has threads.
            List<CompletableFuture<HttpResponse<String>>> waiting = IntStream.range(0, 300)
                    .mapToObj(i -> many.sendAsync(
                            request(service, "GET", "/v1/tasks", token, ""), HttpResponse.BodyHandlers.ofString()))
                    .toList();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> idp.asked() > 0);
            assertThat(ask(service, "GET", "/v1/tasks", operator, "").statusCode())
                    .isEqualTo(200);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            for (CompletableFuture<HttpResponse<String>> one : waiting) {
                assertThat(one.get().statusCode()).isEqualTo(503);
            }
        }
    }

    @Test
    void tokensThatSayTheirTenant_areOfItAlone_andOfNoneWhenItIsGone() throws Exception {
        String administrator = "0123456789abcdef0123456789abcdef";
        Map<String, String> more = Map.of(
                "perennial.security.operator-key",
                administrator,
                "perennial.security.oidc.tenant-claim",
                "tenant",
                "perennial.security.examples-per-day",
                "2");
        try (TestIdentityProvider idp = new TestIdentityProvider();
                ServiceProcess service = started(idp.address(), more)) {
            String teacher = idp.token("t", AUDIENCE, "perennial-teacher", "acme");
            String operator = idp.token("o", AUDIENCE, "perennial-operator", "acme");
            String elsewhere = idp.token("t", AUDIENCE, "perennial-teacher", "umbra");
            String unknown = refused(service, teacher);
            for (String tenant : List.of("acme", "umbra")) {
                assertThat(ask(service, "PUT", "/v1/tenants/" + tenant, administrator, "{}")
                                .statusCode())
                        .isEqualTo(201);
            }
            assertThat(ask(service, "PUT", "/v1/tasks/mine", teacher, TASK).statusCode())
                    .isEqualTo(201);
            for (String other : List.of(elsewhere, administrator)) {
                assertThat(ask(service, "GET", "/v1/tasks/mine", other, "").statusCode())
                        .isEqualTo(404);
            }
            assertThat(ask(service, "PUT", "/v1/tasks/mine", elsewhere, TASK).statusCode())
                    .isEqualTo(201);
            // Of each subject in each tenant.
            for (String both : List.of(teacher, elsewhere)) {
                assertThat(teach(service, both, 0)).isEqualTo(200);
                assertThat(teach(service, both, 2)).isEqualTo(429);
            }

            // Operators of a tenant look after none, and make keys of it without anybody's before them.
            for (String path : List.of("/v1/tenants", "/q/metrics")) {
                assertThat(ask(service, "GET", path, operator, "").statusCode())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(ask(service, "POST", "/v1/tenants/umbra/keys", operator, "{\"role\": \"operator\"}")
                            .statusCode())
                    .isEqualTo(403);
            HttpResponse<String> made = ask(service, "POST", "/v1/keys", operator, "{\"role\": \"reader\"}");
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            String key = JSON.readTree(made.body()).path("key").asText();
            assertThat(ask(service, "GET", "/v1/tasks/mine", key, "").statusCode())
                    .isEqualTo(200);
            assertThat(ask(service, "GET", "/v1/audit-events?limit=1000", operator, "")
                            .body())
                    .contains("task.define", "\"oidc_");
            assertThat(ask(service, "GET", "/v1/audit-events?limit=1000", administrator, "")
                            .body())
                    .doesNotContain("task.define", "\"oidc_");

            for (Object hostile : List.of(
                    "default", "nobody", "ACME", "acme ", "../acme", List.of("acme"), 5, Map.of("acme", "acme"))) {
                assertThat(refused(service, idp.token("o", AUDIENCE, "perennial-operator", hostile)))
                        .as("%s", hostile)
                        .isEqualTo(unknown);
            }
            assertThat(refused(service, idp.token("o", AUDIENCE, "perennial-operator", "a".repeat(3_000))))
                    .isEqualTo(unknown);
            assertThat(refused(service, idp.token("o", AUDIENCE, "perennial-operator")))
                    .contains("names no tenant");

            assertThat(ask(service, "DELETE", "/v1/tenants/acme", administrator, "")
                            .statusCode())
                    .isIn(200, 202);
            assertThat(refused(service, teacher)).isEqualTo(unknown);
            assertThat(ask(service, "GET", "/v1/tasks/mine", elsewhere, "").statusCode())
                    .isEqualTo(200);
            assertThat(service.log()).doesNotContain(teacher.substring(0, 30), "a".repeat(100));
        }
    }

    /** What a token that is not taken is told. */
    private String refused(ServiceProcess service, String token) throws Exception {
        HttpResponse<String> refused = ask(service, "GET", "/v1/tasks/mine", token, "");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(401);
        return JSON.readTree(refused.body()).path("detail").asText();
    }

    private int teach(ServiceProcess service, String token, int from) throws Exception {
        String examples = "{\"examples\": [{\"text\": \"text %d\", \"label\": \"a\"},"
                + " {\"text\": \"text %d\", \"label\": \"b\"}]}";
        return ask(service, "POST", "/v1/tasks/mine/examples", token, examples.formatted(from, from + 1))
                .statusCode();
    }

    @Test
    void halfAProvider_orOneThatCouldBeForged_isRefusedAtStart() throws Exception {
        for (Map<String, String> half : List.of(
                Map.of("perennial.security.oidc.issuer", "https://example.org"),
                Map.of(
                        "perennial.security.oidc.issuer",
                        "http://example.org",
                        "perennial.security.oidc.audience",
                        AUDIENCE),
                // Nobody would be an administrator, where others can reach the service and where they cannot.
                ofTenants(Map.of()),
                ofTenants(Map.of("quarkus.http.host", "127.0.0.1")),
                Map.of("perennial.security.oidc.default-tenant", "unnamed"))) {
            try (ServiceProcess service = ServiceProcess.start(home, home.resolve("half"), with(half))) {
                assertThat(service.exitStatus()).isNotZero();
                assertThat(service.log()).contains("perennial.security.oidc").doesNotContain("\tat ");
            }
        }
    }

    private static Map<String, String> ofTenants(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "perennial.security.oidc.issuer",
                "https://example.org",
                "perennial.security.oidc.audience",
                AUDIENCE,
                "perennial.security.oidc.tenant-claim",
                "tenant"));
        settings.putAll(more);
        return settings;
    }

    private ServiceProcess started(String issuer) throws Exception {
        return started(issuer, Map.of());
    }

    private ServiceProcess started(String issuer, Map<String, String> more) throws Exception {
        Map<String, String> settings = with(more);
        settings.put("perennial.security.oidc.issuer", issuer);
        settings.put("perennial.security.oidc.audience", AUDIENCE);
        return ServiceProcess.ready(home, home.resolve("data"), settings);
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("perennial.members.bundled", "static", "quarkus.http.host", "0.0.0.0"));
        settings.putAll(more);
        return settings;
    }

    private HttpResponse<String> ask(ServiceProcess service, String method, String path, String bearer, String body)
            throws Exception {
        return http.send(request(service, method, path, bearer, body), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(ServiceProcess service, String method, String path, String bearer, String body) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.client().port() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + bearer)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
