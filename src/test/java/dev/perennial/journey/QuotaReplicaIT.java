// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.perennial.oidc.TestIdentityProvider;
import dev.perennial.store.PostgresSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Quotas of keys and of tokens, where several processes share a PostgreSQL server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotaReplicaIT {
    private static final String ADMINISTRATOR = "0123456789abcdef0123456789abcdef";
    private static final String AUDIENCE = "perennial";
    private static final String TASK = "/v1/tasks/pets";
    private static final String DEFINITION = "{\"kind\": \"classification\", \"input\": \"text\"}";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final PostgresSchema schema = PostgresSchema.create();
    private final TestIdentityProvider idp = new TestIdentityProvider();
    private ServiceProcess leader;
    private ServiceProcess follower;
    private int texts;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        leader = ready(home, "leader");
        follower = ready(home, "follower");
    }

    @AfterAll
    void stop() {
        for (ServiceProcess service : new ServiceProcess[] {follower, leader}) {
            if (service != null) {
                service.close();
            }
        }
        idp.close();
        schema.close();
    }

    private ServiceProcess ready(Path home, String name) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("perennial.members.bundled", "static");
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", schema.url(schema.port()));
        settings.put("perennial.store.postgresql.user", "postgres");
        settings.put("perennial.security.operator-key", ADMINISTRATOR);
        settings.put("perennial.security.examples-per-day", "5");
        settings.put("perennial.security.oidc.issuer", idp.address());
        settings.put("perennial.security.oidc.audience", AUDIENCE);
        settings.put("perennial.security.oidc.tenant-claim", "tenant");
        return ServiceProcess.ready(home, home.resolve(name), settings);
    }

    @Test
    void examplesOfADay_areCountedOnce_throughWhicheverProcessTheyCome() throws Exception {
        ServiceClient.Reply made = as(ADMINISTRATOR, follower).put("/v1/tenants/acme", "{}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        String key = issued(follower, "{\"role\": \"teacher\"}");
        String token = idp.token("somebody", AUDIENCE, "perennial-teacher", "acme");
        for (String bearer : List.of(key, token)) {
            for (ServiceProcess service : List.of(leader, follower)) {
                // Each answers this by itself, once it has heard of the key or the tenant.
                await().atMost(PATIENCE)
                        .until(() -> as(bearer, service).get("/v1/limits").status() == 200);
            }
            assertThat(as(bearer, follower).put(TASK, DEFINITION).status()).isEqualTo(201);
            assertThat(teach(as(bearer, follower), 2).status()).isEqualTo(200);
            assertThat(teach(as(bearer, leader), 2).status()).isEqualTo(200);
            for (ServiceProcess service : List.of(leader, follower)) {
                ServiceClient.Reply refused = teach(as(bearer, service), 2);
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.body().path("detail").asText())
                        .contains("At most 5 examples a day")
                        .contains(" 1 are left");
            }
            assertThat(teach(as(bearer, follower), 1).status()).isEqualTo(200);
            assertThat(teach(as(bearer, leader), 1).status()).isEqualTo(429);
            assertThat(as(bearer, follower)
                            .get(TASK)
                            .body()
                            .path("examples_total")
                            .asInt())
                    .isEqualTo(5);
        }
        assertThat(as(ADMINISTRATOR, follower).delete(TASK).status()).isLessThan(300);
        for (ServiceProcess service : List.of(leader, follower)) {
            assertThat(as(token, service).get(TASK).status()).isEqualTo(200);
            assertThat(as(ADMINISTRATOR, service).get(TASK).status()).isEqualTo(404);
            for (String other : List.of("default", "umbra")) {
                String foreign = idp.token("somebody", AUDIENCE, "perennial-operator", other);
                assertThat(as(foreign, service).get(TASK).status()).isEqualTo(401);
                assertThat(as(token, service)
                                .with("Perennial-Forwarded", "true")
                                .with("X-Tenant", other)
                                .get("/v1/tenants/" + other)
                                .status())
                        .as("of %s", other)
                        .isIn(403, 404, 405, 503);
            }
        }
    }

    @Test
    void requestsThatAreHandedOn_areCountedByTheProcessThatAnswers_andNoOther() throws Exception {
        String key = issued(leader, "{\"role\": \"reader\"}");
        await().atMost(PATIENCE).until(() -> as(key, follower).get("/v1/limits").status() == 200);
        String id = "key_" + key.split("_", 3)[1];
        assertThat(as(ADMINISTRATOR, follower)
                        .put("/v1/keys/" + id + "/quota", "{\"requests_per_minute\": 1}")
                        .status())
                .isEqualTo(200);
        assertThat(as(key, follower).get("/v1/tasks").status()).isEqualTo(200);
        assertThat(as(key, leader).get("/v1/tasks").status()).isEqualTo(429);
        assertThat(as(key, follower).get("/v1/tasks").status()).isEqualTo(429);
        // The follower hears of the bound, and has counted none of these.
        await().atMost(PATIENCE).until(() -> as(key, follower).get("/v1/limits").status() == 429);
    }

    private ServiceClient.Reply teach(ServiceClient client, int examples) throws Exception {
        String rows = IntStream.range(0, examples)
                .mapToObj(i -> "{\"text\": \"text %d\", \"label\": \"%s\"}".formatted(texts++, i == 0 ? "a" : "b"))
                .collect(Collectors.joining(", "));
        return client.post(TASK + "/examples", "{\"examples\": [" + rows + "]}");
    }

    private static String issued(ServiceProcess service, String order) throws Exception {
        ServiceClient.Reply issued = as(ADMINISTRATOR, service).post("/v1/keys", order);
        assertThat(issued.status()).as(issued.body().toString()).isEqualTo(201);
        return issued.body().path("key").asText();
    }

    private static ServiceClient as(String bearer, ServiceProcess service) {
        return service.client().with("Authorization", "Bearer " + bearer);
    }
}
