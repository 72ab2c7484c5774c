// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.journey.Operations.Operation;
import dev.perennial.store.PostgresSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation of the packaged service while PostgreSQL is gone, silent, half heard or slow. */
final class DatabaseFaultsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private final PostgresSchema schema = PostgresSchema.create();

    @AfterEach
    void drop() {
        schema.close();
    }

    private Map<String, String> settings(int port) {
        Map<String, String> settings = new HashMap<>();
        settings.put("perennial.members.bundled", Operations.ENCODER);
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", schema.url(port));
        settings.put("perennial.store.postgresql.user", "postgres");
        settings.put("perennial.store.postgresql.statement-timeout", "6s");
        return settings;
    }

    @Test
    void eachFault_leavesAnswers_refusesChanges_andIsSurvived() throws Exception {
        try (TcpProxy network = new TcpProxy(schema.port());
                ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings(network.port()))) {
            ServiceClient client = service.client();
            Operations operations = Operations.prepare(client);
            String before = operations.answering(client);
            network.cut();
            operations.assertServesThrough(client, before);
            mended(network, client);
            assertNothingButMended(client);
            String between = operations.answering(client);
            network.freeze();
            operations.assertServesThrough(client, between);
            network.cut();
            mended(network, client);
            assertNothingButMended(client);
            network.slowDown(10);
            operations.assertAllDone(client);
        }
    }

    /** The change may have been made; its reply never came. Sent again under its key it is made once. */
    @Test
    void changeWhoseEndIsNotHeard_isMadeOnce() throws Exception {
        try (TcpProxy network = new TcpProxy(schema.port());
                ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings(network.port()))) {
            ServiceClient client = service.client();
            Operations operations = Operations.prepare(client);
            long before = examples(client);
            network.halfOpen();
            assertThat(taughtOnce(client)).isEqualTo(503);
            assertThat(operations.one(Operation.PREDICT, client).status()).isEqualTo(200);
            network.cut();
            network.mend();
            await().atMost(PATIENCE).until(() -> taughtOnce(client) == 200);
            assertThat(taughtOnce(client)).isEqualTo(200);
            assertThat(examples(client)).isEqualTo(before + 1);
        }
    }

    private static int taughtOnce(ServiceClient client) throws Exception {
        return client.postOnce(
                        Operations.TASK + "/examples",
                        "{\"examples\": [{\"text\": \"scrub the sink\", \"label\": \"cleaning\"}]}",
                        "half-heard")
                .status();
    }

    private static long examples(ServiceClient client) throws Exception {
        return client.get(Operations.TASK).body().path("examples_total").asLong();
    }

    /** A follower hands changes on to the process that leads, whose way to the database is another one. */
    @Test
    void followerThatHearsNothing_answers_andItsChangesAreTheLeaders() throws Exception {
        Map<String, String> leading = settings(schema.port());
        try (TcpProxy network = new TcpProxy(schema.port());
                ServiceProcess leader = ServiceProcess.ready(home, home.resolve("leader"), leading);
                ServiceProcess follower =
                        ServiceProcess.ready(home, home.resolve("follower"), settings(network.port()))) {
            Operations operations = Operations.prepare(leader.client());
            await().atMost(PATIENCE)
                    .until(() ->
                            operations.one(Operation.PREDICT, follower.client()).status() == 200);
            for (boolean frozen : new boolean[] {false, true}) {
                if (frozen) {
                    network.freeze();
                } else {
                    network.cut();
                }
                operations.all(follower.client()).forEach((operation, reply) -> {
                    // What was done at the first fault is there no more, or under way, at the second.
                    List<Integer> expected =
                            operation == Operation.PREDICT ? List.of(200) : List.of(200, 202, 404, 409, 503);
                    assertThat(expected).as("%s: %s", operation, reply.body()).contains(reply.status());
                });
                assertThat(follower.client().status("/q/health/ready")).isEqualTo(200);
                network.cut();
                network.mend();
            }
            assertThat(examples(leader.client()))
                    .as("the leader went back to its first revision, and deleted an example, as the follower was asked")
                    .isEqualTo(Operations.FIRST_EXAMPLES - 1);
            String revision =
                    leader.client().get(Operations.TASK).body().path("revision").asText();
            await().atMost(PATIENCE)
                    .until(() -> follower.client()
                                    .post(
                                            Operations.TASK + "/predictions",
                                            "{\"inputs\": [\"sausages\"], \"min_revision\": \"" + revision + "\"}")
                                    .status()
                            == 200);
        }
    }

    /** Besides what was taught to find out that all is well again, once or twice. */
    private static void assertNothingButMended(ServiceClient client) throws Exception {
        JsonNode examples =
                client.get(Operations.TASK + "/examples?limit=100").body().path("items");
        List<String> texts = new ArrayList<>();
        examples.forEach(example -> texts.add(example.path("text").asText()));
        texts.removeIf("mend it"::equals);
        assertThat(texts).hasSize(Operations.EXAMPLES).doesNotContain("chips in hot fat");
    }

    private static void mended(TcpProxy network, ServiceClient client) {
        network.mend();
        await().atMost(PATIENCE)
                .until(() -> client.post(
                                        Operations.TASK + "/examples",
                                        "{\"examples\": [{\"text\": \"mend it\", \"label\": \"cleaning\"}]}")
                                .status()
                        == 200);
    }
}
