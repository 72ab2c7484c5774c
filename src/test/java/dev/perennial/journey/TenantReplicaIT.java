// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.store.PostgresSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenants of several processes that share a PostgreSQL server. */
final class TenantReplicaIT {
    private static final String ADMINISTRATOR = "0123456789abcdef0123456789abcdef";
    private static final String TASK = "/v1/tasks/pets";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Map<String, String> OF_ANY_STORE =
            Map.of("perennial.members.bundled", "static", "perennial.security.operator-key", ADMINISTRATOR);

    @TempDir
    private Path home;

    private final PostgresSchema schema = PostgresSchema.create();

    @AfterEach
    void drop() {
        schema.close();
    }

    private ServiceProcess ready(String name) throws Exception {
        return ServiceProcess.ready(home, home.resolve(name), settings(schema));
    }

    private static Map<String, String> settings(PostgresSchema schema) {
        Map<String, String> settings = new HashMap<>(OF_ANY_STORE);
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", schema.url(schema.port()));
        settings.put("perennial.store.postgresql.user", "postgres");
        settings.put("perennial.store.postgresql.lease", "3s");
        return settings;
    }

    private static ServiceClient as(String key, ServiceProcess service) {
        return service.client().with("Authorization", "Bearer " + key);
    }

    @Test
    void tenantMadeThroughOneProcess_isServedByAll_outlivesTheLeader_andIsGoneFromAll() throws Exception {
        ServiceProcess leader = ready("leader");
        try (ServiceProcess follower = ready("follower")) {
            ServiceClient.Reply made = as(ADMINISTRATOR, follower).put("/v1/tenants/acme", "{}");
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            ServiceClient.Reply issued = as(ADMINISTRATOR, follower)
                    .post("/v1/tenants/acme/keys", "{\"name\": \"first\", \"role\": \"operator\"}");
            assertThat(issued.status()).as(issued.body().toString()).isEqualTo(201);
            String key = issued.body().path("key").asText();
            for (ServiceProcess service : List.of(leader, follower)) {
                // Each answers this by itself, once it has heard of the key.
                await().atMost(PATIENCE)
                        .until(() -> as(key, service).get("/v1/limits").status() == 200);
            }
            assertThat(as(key, follower)
                            .put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}")
                            .status())
                    .isEqualTo(201);
            String revision = teach(as(key, follower), "a cat", "animal");
            String later = teach(as(key, leader), "a rose", "plant");
            for (ServiceProcess service : List.of(leader, follower)) {
                assertThat(ask(as(key, service), later).path("revision").asText())
                        .isEqualTo(later);
                assertThat(as(ADMINISTRATOR, service).get(TASK).status()).isEqualTo(404);
                assertThat(as(ADMINISTRATOR, service).get("/v1/tasks").body().path("items"))
                        .isEmpty();
            }
            JsonNode back = as(key, follower)
                    .put(TASK + "/aliases/serving", "{\"revision\": \"" + revision + "\"}")
                    .body();
            for (ServiceProcess service : List.of(leader, follower)) {
                assertThat(ask(as(key, service), back.path("task_revision").asText())
                                .at("/predictions/0/label")
                                .asText())
                        .isEqualTo("animal");
            }

            leader.kill();
            await().atMost(PATIENCE)
                    .until(() -> as(key, follower)
                                    .post(TASK + "/examples", example("a dog", "animal"))
                                    .status()
                            == 200);
            await().atMost(PATIENCE)
                    .until(() -> as(ADMINISTRATOR, follower)
                                    .put("/v1/tenants/acme", "{\"name\": \"Acme\"}")
                                    .status()
                            == 200);
            try (ServiceProcess again = ready("leader")) {
                assertThat(as(key, again)
                                .get(TASK)
                                .body()
                                .path("examples_total")
                                .asInt())
                        .isEqualTo(2);
                JsonNode removed =
                        as(ADMINISTRATOR, again).delete("/v1/tenants/acme").body();
                assertThat(removed.path("removed").asText())
                        .as(removed.toString())
                        .isEqualTo("acme");
                for (ServiceProcess service : List.of(follower, again)) {
                    await().atMost(PATIENCE)
                            .until(() -> as(key, service).get("/v1/tasks").status() == 401);
                    assertThat(as(ADMINISTRATOR, service).get("/q/health/ready").status())
                            .isEqualTo(200);
                }
                for (String name : List.of("leader", "follower")) {
                    await().atMost(PATIENCE).untilAsserted(() -> {
                        try (Stream<Path> places = Files.list(home.resolve(name).resolve("tenants"))) {
                            assertThat(places).isEmpty();
                        }
                    });
                }
            }
        } finally {
            leader.close();
        }
    }

    /** What the tenants of a file hold is copied, or left where it is. */
    @Test
    void tenantsOfAFile_areTakenOver_andLeftAloneByAStoreThatIsNotToldTo() throws Exception {
        Path data = home.resolve("data");
        String key;
        try (ServiceProcess service = ServiceProcess.ready(home, data, OF_ANY_STORE)) {
            assertThat(as(ADMINISTRATOR, service).put("/v1/tenants/acme", "{}").status())
                    .isEqualTo(201);
            key = as(ADMINISTRATOR, service)
                    .post("/v1/tenants/acme/keys", "{\"name\": \"first\", \"role\": \"operator\"}")
                    .body()
                    .path("key")
                    .asText();
            as(key, service).put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
            teach(as(key, service), "a cat", "animal");
            service.terminate();
            service.exitStatus();
        }
        Path kept;
        try (Stream<Path> places = Files.list(data.resolve("tenants"))) {
            kept = places.findFirst().orElseThrow().resolve("perennial.db");
        }
        try (PostgresSchema other = PostgresSchema.create();
                ServiceProcess service = ServiceProcess.ready(home, data, settings(other))) {
            assertThat(as(key, service).get(TASK).status()).isEqualTo(401);
            assertThat(kept).exists();
            service.terminate();
            service.exitStatus();
        }
        Map<String, String> copying = settings(schema);
        copying.put("perennial.store.postgresql.copy-sqlite", "true");
        try (ServiceProcess service = ServiceProcess.ready(home, data, copying)) {
            await().atMost(PATIENCE).until(() -> as(key, service).get(TASK).status() == 200);
            assertThat(as(key, service).get(TASK).body().path("examples_total").asInt())
                    .isEqualTo(1);
        }
    }

    private static String example(String text, String label) {
        return "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}".formatted(text, label);
    }

    private static String teach(ServiceClient client, String text, String label) throws Exception {
        ServiceClient.Reply taught = client.post(TASK + "/examples", example(text, label));
        assertThat(taught.status()).as(taught.body().toString()).isEqualTo(200);
        return taught.body().path("revision").asText();
    }

    private static JsonNode ask(ServiceClient client, String revision) throws Exception {
        ServiceClient.Reply reply = client.post(
                TASK + "/predictions", "{\"inputs\": [\"a tulip\"], \"min_revision\": \"" + revision + "\"}");
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body();
    }
}
