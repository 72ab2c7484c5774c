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
    void halfAProvider_orOneThatCouldBeForged_isRefusedAtStart() throws Exception {
        for (Map<String, String> half : List.of(
                Map.of("perennial.security.oidc.issuer", "https://example.org"),
                Map.of(
                        "perennial.security.oidc.issuer",
                        "http://example.org",
                        "perennial.security.oidc.audience",
                        AUDIENCE))) {
            try (ServiceProcess service = ServiceProcess.start(home, home.resolve("half"), with(half))) {
                assertThat(service.exitStatus()).isNotZero();
                assertThat(service.log()).contains("perennial.security.oidc").doesNotContain("\tat ");
            }
        }
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
        return http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + service.client().port() + path))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + bearer)
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
