// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.store.PostgresSchema;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged services on one PostgreSQL: one makes the changes, the other follows and answers as it does. */
final class ReplicaIT {
    private static final String TASK = "/v1/tasks/kitchen";
    private static final double SAME = 1e-6;

    /** More by {@code -Dperennial.rounds=200}. */
    private static final int ROUNDS = Integer.getInteger("perennial.rounds", 10);

    @TempDir
    private Path home;

    private final PostgresSchema schema = PostgresSchema.create();

    @AfterEach
    void drop() {
        schema.close();
    }

    private ServiceProcess ready(String name) throws Exception {
        return ServiceProcess.ready(home, home.resolve(name), settings());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("perennial.members.bundled", "all-minilm-l6-v2");
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", schema.url(schema.port()));
        settings.put("perennial.store.postgresql.user", "postgres");
        settings.put("perennial.store.postgresql.lease", "3s");
        return settings;
    }

    @Test
    void whatOneIsTaught_theOtherAnswersBy_whoeverIsAsked() throws Exception {
        try (ServiceProcess leader = ready("leader");
                ServiceProcess follower = ready("follower")) {
            teach(leader.client());
            assertSameAnswers(leader.client(), follower.client());
            List<Long> millis = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                ServiceClient teaches = round % 2 == 0 ? leader.client() : follower.client();
                ServiceClient answers = round % 2 == 0 ? follower.client() : leader.client();
                ServiceClient.Reply taught = teaches.post(
                        TASK + "/examples", example("pot " + round, round % 3 == 0 ? "frying" : "cleaning"));
                long began = System.nanoTime();
                assertThat(taught.status()).as(taught.body().toString()).isEqualTo(200);
                String revision = taught.body().path("revision").asText();
                assertThat(ask(answers, revision).path("revision").asText()).isEqualTo(revision);
                millis.add((System.nanoTime() - began) / 1_000_000);
            }
            millis.sort(null);
            System.out.printf(
                    "effective on the other after ms: p50 %d, p95 %d, longest %d of %d%n",
                    millis.get(ROUNDS / 2), millis.get(ROUNDS * 95 / 100), millis.get(ROUNDS - 1), ROUNDS);
            assertSameAnswers(leader.client(), follower.client());
        }
    }

    @Test
    void correctionOfWhatTheFollowerAnswered_teaches_andWhatIsRemovedIsGoneThere() throws Exception {
        try (ServiceProcess leader = ready("leader");
                ServiceProcess follower = ready("follower")) {
            String revision = teach(follower.client());
            String prediction = ask(follower.client(), revision)
                    .path("predictions")
                    .path(0)
                    .path("id")
                    .asText();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                ServiceClient.Reply corrected = follower.client()
                        .post(
                                TASK + "/feedback",
                                "{\"prediction_id\": \"%s\", \"label\": \"cleaning\"}".formatted(prediction));
                assertThat(corrected.status()).as(corrected.body().toString()).isBetween(200, 201);
            });
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(ask(follower.client(), revision)
                                    .path("predictions")
                                    .path(0)
                                    .path("label")
                                    .asText())
                            .isEqualTo("cleaning"));
            assertSameAnswers(leader.client(), follower.client());
            assertThat(follower.client().delete(TASK).status()).isBetween(200, 204);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> follower.client()
                                    .post(TASK + "/predictions", "{\"inputs\": [\"sausages\"]}")
                                    .status()
                            == 404);
        }
    }

    @Test
    void whenTheLeaderIsKilled_theOtherGoesOnAnswering_andMakesTheChanges() throws Exception {
        ServiceProcess leader = ready("leader");
        try (ServiceProcess follower = ready("follower")) {
            String revision = teach(leader.client());
            JsonNode before = ask(follower.client(), revision);
            leader.kill();

            await().pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> {
                        assertThat(ask(follower.client(), null).path("revision"))
                                .isEqualTo(before.path("revision"));
                        return follower.client()
                                        .post(TASK + "/examples", example("soap", "cleaning"))
                                        .status()
                                == 200;
                    });
            assertThat(follower.log()).contains("this one does from now on");
            assertThat(follower.client().get(TASK).body().path("examples_total").asInt())
                    .isEqualTo(9);
            try (ServiceProcess again = ready("leader")) {
                assertSameAnswers(follower.client(), again.client());
                assertThat(again.client()
                                .post(TASK + "/examples", example("a clean sink", "cleaning"))
                                .status())
                        .isEqualTo(200);
            }
        } finally {
            leader.close();
        }
    }

    /** A process that hangs keeps its connections open, and answers nothing. */
    @Test
    void changeHandedOnToALeaderThatHangs_isRefusedOnceAnotherLeads_andMadeOnceWhenSentAgain() throws Exception {
        try (ServiceProcess leader = ready("leader");
                ServiceProcess follower = ready("follower")) {
            teach(leader.client());
            leader.signal("STOP");
            assertThat(taughtOnce(follower.client())).isEqualTo(503);
            await().atMost(Duration.ofSeconds(60)).until(() -> taughtOnce(follower.client()) == 200);
            leader.signal("CONT");
            assertThat(leader.exitStatus()).isNotZero();
            assertThat(taughtOnce(follower.client())).isEqualTo(200);
            assertThat(follower.client().get(TASK).body().path("examples_total").asInt())
                    .isEqualTo(9);
        }
    }

    /** What nobody waits for any more is not worked on for them either. */
    @Test
    void clientOfAFollowerThatLeaves_leavesTheLeaderToo() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Map<String, String> elsewhere = settings();
            elsewhere.put("perennial.replica.url", "http://127.0.0.1:" + silent.getLocalPort());
            try (ServiceProcess leader = ServiceProcess.ready(home, home.resolve("leader"), elsewhere);
                    ServiceProcess follower = ready("follower")) {
                teach(leader.client());
                silent.setSoTimeout(60_000);
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), follower.client().port());
                String body = example("soap", "cleaning");
                client.getOutputStream()
                        .write(("POST " + TASK
                                        + "/examples HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
                try (Socket handedOn = silent.accept()) {
                    handedOn.setSoTimeout(60_000);
                    byte[] buffer = new byte[10_000];
                    StringBuilder taken = new StringBuilder();
                    while (!taken.toString().contains(body)) {
                        int read = handedOn.getInputStream().read(buffer);
                        assertThat(read).isPositive();
                        taken.append(new String(buffer, 0, read, StandardCharsets.US_ASCII));
                    }
                    client.close();
                    assertThat(isEnded(handedOn)).isTrue();
                }
            }
        }
    }

    private static boolean isEnded(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static int taughtOnce(ServiceClient client) throws Exception {
        return client.postOnce(TASK + "/examples", example("soap", "cleaning"), "hung")
                .status();
    }

    /** Neither another host nor another name of this machine gets through a process that hands requests on. */
    @Test
    void hostileRequestLinesAndNames_areRefusedByTheFollower() throws Exception {
        try (ServiceProcess leader = ready("leader");
                ServiceProcess follower = ready("follower");
                ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            teach(leader.client());
            String target = "x:y@127.0.0.1:" + elsewhere.getLocalPort() + "/z://h";
            for (String line : List.of(target + "/v1/tasks", "http://h" + TASK, target + TASK + "/feedback")) {
                assertThat(raw(follower, "GET " + line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                        .as(line)
                        .startsWith("HTTP/1.1 4");
            }
            assertThat(raw(follower, "GET /v1/tasks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 401");
            elsewhere.setSoTimeout(200);
            assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static String raw(ServiceProcess service, String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), service.client().port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void keysAreTaken_andTakenNoMore_byBoth() throws Exception {
        try (ServiceProcess leader = ready("leader");
                ServiceProcess follower = ready("follower")) {
            teach(leader.client());
            String operator = leader.client()
                    .post("/v1/keys", "{\"name\": \"first\", \"role\": \"operator\"}")
                    .body()
                    .path("key")
                    .asText();
            String question = "{\"inputs\": [\"sausages\"]}";
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> follower.client()
                                    .post(TASK + "/predictions", question)
                                    .status()
                            == 401);
            ServiceClient known = follower.client().with("Authorization", "Bearer " + operator);
            assertThat(known.post(TASK + "/predictions", question).status()).isEqualTo(200);
            JsonNode reader = known.post("/v1/keys", "{\"name\": \"reader\", \"role\": \"reader\"}")
                    .body();
            ServiceClient reads = follower.client()
                    .with("Authorization", "Bearer " + reader.path("key").asText());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> reads.post(TASK + "/predictions", question).status() == 200);
            assertThat(reads.delete(TASK).status()).isEqualTo(403);
            assertThat(known.delete("/v1/keys/" + reader.path("id").asText()).status())
                    .isBetween(200, 204);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> reads.post(TASK + "/predictions", question).status() == 401);
        }
    }

    private static void assertSameAnswers(ServiceClient first, ServiceClient second) throws Exception {
        String revision = first.get(TASK).body().path("revision").asText();
        JsonNode one = ask(first, revision);
        JsonNode other = ask(second, revision);
        assertThat(other.path("revision")).isEqualTo(one.path("revision"));
        JsonNode labels = one.path("predictions").path(0).path("labels");
        JsonNode others = other.path("predictions").path(0).path("labels");
        assertThat(labels.size()).isPositive();
        for (int i = 0; i < labels.size(); i++) {
            assertThat(others.path(i).path("label")).isEqualTo(labels.path(i).path("label"));
            assertThat(others.path(i).path("probability").asDouble())
                    .isCloseTo(labels.path(i).path("probability").asDouble(), within(SAME));
        }
    }

    private static String teach(ServiceClient client) throws Exception {
        assertThat(client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}")
                        .status())
                .isBetween(200, 201);
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
        return taught.body().path("revision").asText();
    }

    private static String example(String text, String label) {
        return "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}".formatted(text, label);
    }

    private static JsonNode ask(ServiceClient client, String revision) throws Exception {
        String asked = revision == null ? "" : ", \"min_revision\": \"" + revision + "\"";
        ServiceClient.Reply reply =
                client.post(TASK + "/predictions", "{\"top_k\": 2, \"inputs\": [\"sausages sizzle\"]" + asked + "}");
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body();
    }
}
