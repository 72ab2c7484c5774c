// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.store.PostgresSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service with its store in a real PostgreSQL: what it keeps, and what it does when the server is gone.
 */
final class PostgresIT {
    private static final String TASK = "/v1/tasks/kitchen";

    /** More by {@code -Dperennial.rounds=50}. */
    private static final int ROUNDS = Integer.getInteger("perennial.rounds", 2);

    @TempDir
    private Path home;

    private final PostgresSchema schema = PostgresSchema.create();

    @AfterEach
    void drop() {
        schema.close();
    }

    @Test
    void killedProcess_isFollowedByOneWithNothingButTheDatabase_thatGivesTheSameAnswers() throws Exception {
        JsonNode before;
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("first"), settings(schema.port()))) {
            teach(service.client());
            before = ask(service.client()).body();
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("second"), settings(schema.port()))) {
            JsonNode after = ask(service.client()).body();
            assertThat(after.path("revision")).isEqualTo(before.path("revision"));
            assertThat(after.path("predictions").path(0).path("labels"))
                    .isEqualTo(before.path("predictions").path(0).path("labels"));
            ServiceClient.Reply corrected = service.client()
                    .post(
                            TASK + "/feedback",
                            "{\"prediction_id\": \"%s\", \"label\": \"cleaning\"}"
                                    .formatted(after.path("predictions")
                                            .path(0)
                                            .path("id")
                                            .asText()));
            assertThat(corrected.status()).as(corrected.body().toString()).isBetween(200, 201);
            assertThat(ask(service.client())
                            .body()
                            .path("predictions")
                            .path(0)
                            .path("label")
                            .asText())
                    .isEqualTo("cleaning");
        }
    }

    @Test
    void whileTheDatabaseIsGone_questionsAreAnswered_andTeachingIsRefused() throws Exception {
        try (TcpProxy network = new TcpProxy(schema.port());
                ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings(network.port()))) {
            ServiceClient client = service.client();
            teach(client);
            JsonNode before = ask(client).body();
            network.cut();

            ServiceClient.Reply asked = ask(client);
            assertThat(asked.status()).isEqualTo(200);
            assertThat(asked.body().path("revision")).isEqualTo(before.path("revision"));
            ServiceClient.Reply refused = client.post(TASK + "/examples", example("never", "frying"));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body().path("detail").asText()).contains("PostgreSQL cannot be reached");
            assertThat(client.status("/q/health/ready")).isEqualTo(200);

            network.mend();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> client.post(TASK + "/examples", example("soap", "cleaning"))
                                    .status()
                            == 200);
            assertThat(client.get(TASK).body().path("examples_total").asInt()).isEqualTo(9);
            assertThat(service.log()).doesNotContain("\tat ");
        }
    }

    @Test
    void whileTheNetworkIsFrozen_questionsAreAnswered_andTeachingIsRefusedInTime() throws Exception {
        try (TcpProxy network = new TcpProxy(schema.port());
                ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), settings(network.port()))) {
            ServiceClient client = service.client();
            teach(client);
            network.freeze();

            assertThat(ask(client).status()).isEqualTo(200);
            assertThat(client.post(TASK + "/examples", example("never", "frying"))
                            .status())
                    .isEqualTo(503);
            assertThat(ask(client).status()).isEqualTo(200);
            network.cut();
            network.mend();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> client.post(TASK + "/examples", example("soap", "cleaning"))
                                    .status()
                            == 200);
        }
    }

    /** The first hangs in the midst of its work, as a process does whose machine is paused. */
    @Test
    void processThatHangs_isFollowedByAnother_andChangesNothingWhenItGoesOn() throws Exception {
        Map<String, String> settings = settings(schema.port());
        settings.put("perennial.store.postgresql.lease", "2s");
        ServiceProcess leading = ServiceProcess.ready(home, home.resolve("0"), settings);
        try {
            teach(leading.client());
            String first = revision(leading.client());
            leading.client().post(TASK + "/examples", example("a pan", "frying"));
            for (int round = 1; round <= ROUNDS; round++) {
                try (ServiceProcess hung = leading) {
                    hung.signal("STOP");
                    leading = ServiceProcess.ready(home, home.resolve("" + round), settings);
                    assertThat(leading.client()
                                    .post(TASK + "/examples", example("round " + round, "cleaning"))
                                    .status())
                            .isEqualTo(200);
                    String latest = revision(leading.client());
                    hung.signal("CONT");
                    int status;
                    try {
                        status = stale(hung.client(), round, first).status();
                    } catch (IOException ended) {
                        status = 503;
                    }
                    assertThat(status).isEqualTo(503);
                    assertThat(hung.exitStatus()).isNotZero();
                    assertThat(revision(leading.client())).isEqualTo(latest);
                }
                assertThat(leading.client()
                                .get(TASK)
                                .body()
                                .path("examples_total")
                                .asInt())
                        .isEqualTo(9 + round);
            }
        } finally {
            leading.close();
        }
    }

    /** A change that the process which hung is asked for: a teaching, or what answers from then on. */
    private static ServiceClient.Reply stale(ServiceClient client, int round, String first) throws Exception {
        return round % 2 == 0
                ? client.post(TASK + "/examples", example("stale " + round, "frying"))
                : client.put(TASK + "/aliases/serving", "{\"revision\": \"" + first + "\", \"anyhow\": true}");
    }

    private static String revision(ServiceClient client) throws Exception {
        return client.get(TASK).body().path("revision").asText();
    }

    @Test
    void fileOfBefore_isTakenOver_andAnswersStayTheSame() throws Exception {
        Path data = home.resolve("data");
        Map<String, String> settings = settings(schema.port());
        JsonNode before;
        try (ServiceProcess service =
                ServiceProcess.ready(home, data, Map.of("perennial.members.bundled", "all-minilm-l6-v2"))) {
            teach(service.client());
            before = ask(service.client()).body();
            service.terminate();
            service.exitStatus();
        }
        settings.put("perennial.store.postgresql.copy-sqlite", "true");
        for (String said : List.of("Everything was copied", "nothing was copied")) {
            try (ServiceProcess service = ServiceProcess.ready(home, data, settings)) {
                JsonNode after = ask(service.client()).body();
                assertThat(after.path("revision")).isEqualTo(before.path("revision"));
                assertThat(after.path("predictions").path(0).path("labels"))
                        .isEqualTo(before.path("predictions").path(0).path("labels"));
                assertThat(service.log()).contains(said);
                service.terminate();
                service.exitStatus();
            }
        }
    }

    @Test
    void secondProcessThatIsToWork_waits_andTakesOverWhenTheFirstHasEnded() throws Exception {
        Map<String, String> working = settings(schema.port());
        try (ServiceProcess first = ServiceProcess.ready(home, home.resolve("first"), settings(schema.port()));
                ServiceProcess second = ServiceProcess.start(home, home.resolve("second"), working)) {
            teach(first.client());
            await().atMost(Duration.ofSeconds(60)).until(() -> second.log().contains("this one waits"));
            assertThat(second.client().status("/q/health/live")).isEqualTo(200);
            assertThat(second.client().status("/q/health/ready")).isEqualTo(503);
            JsonNode before = ask(first.client()).body();
            first.kill();

            await().atMost(Duration.ofSeconds(60)).until(() -> second.client().status("/q/health/ready") == 200);
            assertThat(ask(second.client()).body().path("revision")).isEqualTo(before.path("revision"));
        }
    }

    /** The old directory is one of which a member was removed since it was copied. */
    @Test
    void registeredMember_servesWhereTheDataDirectoryIsEmpty_andStaysRemovedWhereItIsOld() throws Exception {
        String settled;
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("first"), settings(schema.port()))) {
            TinyMember.register(service.client(), home.resolve("tiny"));
            teach(service.client());
            ServiceClient.Reply accepted =
                    service.client().post("/v1/members", "{\"kind\": \"static\", \"of\": \"tiny\"}");
            assertThat(TinyMember.settled(service.client(), accepted)
                            .path("status")
                            .asText())
                    .isEqualTo("succeeded");
            settled = settledAnswer(service.client());
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("second"), settings(schema.port()))) {
            assertThat(settledAnswer(service.client())).isEqualTo(settled);
            assertThat(service.client()
                            .get("/v1/members/static-tiny")
                            .body()
                            .path("state")
                            .asText())
                    .isEqualTo("ready");
            TinyMember.settled(service.client(), service.client().delete("/v1/members/static-tiny"));
            assertThat(service.client().status("/v1/members/static-tiny")).isEqualTo(404);
            service.kill();
        }
        assertThat(home.resolve("first/members/static-tiny")).isNotEmptyDirectory();
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("first"), settings(schema.port()))) {
            assertThat(service.client().status("/v1/members/static-tiny")).isEqualTo(404);
            assertThat(service.client().status("/v1/members/tiny")).isEqualTo(200);
            assertThat(home.resolve("first/members/static-tiny")).doesNotExist();
        }
    }

    /** What every member says, once the registered one serves in the task. */
    private static String settledAnswer(ServiceClient client) {
        String question = "{\"mode\": \"full\", \"explain\": true, \"inputs\": [\"sausages sizzle\"]}";
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> client.post(TASK + "/predictions", question)
                                .body()
                                .path("predictions")
                                .path(0)
                                .path("members")
                                .toString(),
                        members -> members.contains("\"tiny\""));
    }

    private Map<String, String> settings(int port) {
        Map<String, String> settings = new HashMap<>();
        settings.put("perennial.members.bundled", "all-minilm-l6-v2");
        // Ready only when it makes the changes; processes that follow are ReplicaIT's.
        settings.put("perennial.role", "work");
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", schema.url(port));
        settings.put("perennial.store.postgresql.user", "postgres");
        settings.put("perennial.store.postgresql.statement-timeout", "6s");
        return settings;
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        ServiceClient.Reply taught = client.post(TASK + "/examples", """
                {"examples": [
                 {"text": "heat the oil in the pan", "label": "frying"},
                 {"text": "an egg in hot butter", "label": "frying"},
                 {"text": "the fish is in the pan", "label": "frying"},
                 {"text": "crisp bacon", "label": "frying"},
                 {"text": "wipe the table", "label": "cleaning"},
                 {"text": "the floor is dirty", "label": "cleaning"},
                 {"text": "soap for the dishes", "label": "cleaning"},
                 {"text": "wash the glasses", "label": "cleaning"}]}""");
        assertThat(taught.status()).as(taught.body().toString()).isEqualTo(200);
    }

    private static String example(String text, String label) {
        return "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}".formatted(text, label);
    }

    private static ServiceClient.Reply ask(ServiceClient client) throws Exception {
        return client.post(TASK + "/predictions", "{\"top_k\": 2, \"inputs\": [\"sausages sizzle\"]}");
    }
}
