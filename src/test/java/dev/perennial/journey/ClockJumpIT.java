// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.store.PostgresSchema;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clock of the packaged service is put forward and back by an hour while it serves. Skipped where libfaketime is
 * missing (on Debian, {@code apt install faketime}; else its {@code libfaketimeMT.so.1} can be named by
 * {@code -Dperennial.faketime=FILE}); what each part makes of such a clock is tested by the tests of the parts as well.
 */
final class ClockJumpIT {
    private static final String PANTRY = "/v1/tasks/pantry";
    private static final List<String> JUMPS = List.of("+1h", "-1h", "+0");

    /** Answers are remembered for less than the clock is put forward by. */
    private static final Map<String, String> SETTINGS =
            Map.of("perennial.members.bundled", Operations.ENCODER, "perennial.prediction-memory.duration", "PT30M");

    private static final Duration LONGEST_JOB = Duration.ofMinutes(10);

    private final List<String> revisions = new ArrayList<>();
    private final List<String> examples = new ArrayList<>();
    private final List<String> jobs = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    @TempDir
    private Path home;

    private Path clock;

    @BeforeEach
    void setClock() throws IOException {
        clock = home.resolve("clock");
        set("+0");
    }

    @Test
    void eachOperation_goesOnBeforeDuringAndAfterEachJump_andNothingIsOutOfOrder() throws Exception {
        try (ServiceProcess service = ready("data", SETTINGS)) {
            ServiceClient client = service.client();
            client.put(PANTRY, "{\"kind\": \"classification\", \"input\": \"text\"}");
            teach(client, "before");
            doAll(client);
            ServiceClient.Reply running = refresh(client);
            for (String jump : JUMPS) {
                String before = answer(client, "jam " + jump);
                set(jump);
                awaitHour(client, jump);
                assertThat(client.post(
                                        PANTRY + "/feedback",
                                        "{\"prediction_id\": \"%s\", \"label\": \"sweet\"}".formatted(before))
                                .status())
                        .as("feedback on an answer from before %s", jump)
                        .isEqualTo(200);
                teachAgain(client);
                teach(client, "after " + jump);
                doAll(client);
            }
            assertSucceeds(client, running);
            assertThat(revisions).isSorted().doesNotHaveDuplicates();
            assertThat(jobs).doesNotHaveDuplicates();
            assertThat(jobs.subList(0, jobs.size() - 1)).isSorted();
            assertThat(answers).isSorted().doesNotHaveDuplicates();
            assertThat(taught(client)).containsSubsequence(examples);
            assertThat(client.status("/q/health/ready")).isEqualTo(200);
        }
    }

    /** The lease goes by the clock of the server, so that no process is early or late because of its own. */
    @Test
    void jumpOfTheProcessThatLeads_makesNobodyTakeOver() throws Exception {
        try (PostgresSchema schema = PostgresSchema.create()) {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.put("perennial.store.kind", "postgresql");
            settings.put("perennial.store.postgresql.url", schema.url(schema.port()));
            settings.put("perennial.store.postgresql.user", "postgres");
            try (ServiceProcess leader = ready("leader", settings);
                    ServiceProcess follower = ServiceProcess.ready(home, home.resolve("follower"), settings)) {
                leader.client().put(PANTRY, "{\"kind\": \"classification\", \"input\": \"text\"}");
                doAll(leader.client());
                for (String jump : JUMPS) {
                    set(jump);
                    awaitHour(leader.client(), jump);
                    teach(leader.client(), "the leader " + jump);
                    doAll(leader.client());
                    teach(follower.client(), "the follower " + jump);
                    String latest = revisions.get(revisions.size() - 1);
                    assertThat(ask(follower.client(), latest).status()).isEqualTo(200);
                }
                assertThat(revisions).isSorted().doesNotHaveDuplicates();
                assertThat(taught(follower.client())).containsSubsequence(examples);
                assertThat(follower.log()).doesNotContain("this one does from now on");
                assertThat(leader.client().status("/q/health/ready")).isEqualTo(200);
            }
        }
    }

    private ServiceProcess ready(String data, Map<String, String> settings) throws Exception {
        Optional<Path> library = library();
        assumeTrue(library.isPresent(), "skipped: libfaketime is missing (on Debian: apt install faketime)");
        Map<String, String> variables = Map.of(
                "LD_PRELOAD",
                library.orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        ServiceProcess service = ServiceProcess.start(
                home, home.resolve(data), settings, new ServiceProcess.Machine(List.of(), variables));
        assertThat(service.serves()).as(service.log()).isTrue();
        return service;
    }

    /** The one that is named, or that of the command on the path. */
    private static Optional<Path> library() {
        return Optional.ofNullable(System.getProperty("perennial.faketime"))
                .map(Path::of)
                .or(() -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "faketime"))
                        .filter(Files::isExecutable)
                        .flatMap(command ->
                                librariesBeside(command.toAbsolutePath().getParent()))
                        .findFirst());
    }

    private static Stream<Path> librariesBeside(Path folder) {
        try (Stream<Path> found = Files.find(
                folder.resolveSibling("lib"),
                3,
                (path, attributes) -> path.endsWith(Path.of("faketime", "libfaketimeMT.so.1")))) {
            return found.toList().stream();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }

    private void set(String offset) throws IOException {
        Path next = clock.resolveSibling("next");
        Files.writeString(next, offset + "\n");
        Files.move(next, clock, REPLACE_EXISTING);
    }

    /** Until the service says the hour that its clock was set to, so that the test can fail. */
    private void awaitHour(ServiceClient client, String jump) {
        long hours = jump.equals("+0") ? 0 : Long.parseLong(jump.replace("h", ""));
        await().pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    ServiceClient.Reply job = client.post("/v1/exports", "{\"tasks\": [\"pantry\"]}");
                    assertSucceeds(client, job);
                    Instant told = Instant.parse(job.body().path("created_at").asText());
                    assertThat(Math.round(Duration.between(Instant.now(), told).toSeconds() / 3600.0))
                            .isEqualTo(hours);
                });
    }

    /** What the columns of {@code docs/faults.md} are but the refresh, on a task that is there for no longer. */
    private void doAll(ServiceClient client) throws Exception {
        Operations operations = Operations.prepare(client);
        for (Operations.Operation operation : Operations.Operation.values()) {
            if (operation != Operations.Operation.REFRESH) {
                ServiceClient.Reply reply = operations.one(operation, client);
                assertThat(reply.status()).as("%s: %s", operation, reply.body()).isBetween(200, 202);
                if (operation == Operations.Operation.TEACH) {
                    note(reply, "rev_", revisions);
                } else if (operation == Operations.Operation.EXPORT) {
                    assertSucceeds(client, reply);
                }
            }
        }
        assertThat(client.delete(Operations.TASK).status()).isLessThan(300);
    }

    /** Goes on for some minutes at most, and for longer than the clock is as it was. */
    private static ServiceClient.Reply refresh(ServiceClient client) throws Exception {
        return client.post(
                "/v1/members/" + Operations.ENCODER + "/refreshes",
                "{\"strategy\": \"bitfit\", \"tasks\": [\"pantry\"], \"max_minutes\": 8}");
    }

    private void assertSucceeds(ServiceClient client, ServiceClient.Reply accepted) {
        assertThat(accepted.status()).as("%s", accepted.body()).isEqualTo(202);
        String id = accepted.body().path("id").asText();
        jobs.add(id);
        JsonNode job = await().atMost(LONGEST_JOB)
                .until(
                        () -> client.get("/v1/jobs/" + id).body(),
                        body -> body.path("finished_at").isTextual());
        assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
    }

    /** Enough to adapt an encoder by. */
    private void teach(ServiceClient client, String text) throws Exception {
        for (int i = 0; i < 10; i++) {
            for (String label : List.of("sweet", "salty")) {
                ServiceClient.Reply taught =
                        client.postOnce(PANTRY + "/examples", example(text + i, label), key(text + i, label));
                assertThat(taught.status()).as("%s", taught.body()).isEqualTo(200);
                note(taught, "rev_", revisions);
                examples.add(taught.body().path("example_ids").path(0).asText());
            }
        }
    }

    /** Under the key of what was taught before the first jump: it is answered as it was, and not taught twice. */
    private void teachAgain(ServiceClient client) throws Exception {
        ServiceClient.Reply again =
                client.postOnce(PANTRY + "/examples", example("before0", "sweet"), key("before0", "sweet"));
        assertThat(again.status()).as("%s", again.body()).isEqualTo(200);
        assertThat(again.body().path("example_ids").path(0).asText()).isEqualTo(examples.get(0));
        assertThat(again.body().path("revision").asText()).isEqualTo(revisions.get(0));
    }

    private static String key(String text, String label) {
        return text.replace(' ', '-') + "-" + label;
    }

    private static String example(String text, String label) {
        return "{\"examples\": [{\"text\": \"%s: something %s\", \"label\": \"%s\"}]}".formatted(text, label, label);
    }

    private String answer(ServiceClient client, String text) throws Exception {
        ServiceClient.Reply answered = client.post(PANTRY + "/predictions", "{\"inputs\": [\"" + text + "\"]}");
        note(answered, "pr_", answers);
        return answers.get(answers.size() - 1);
    }

    private static ServiceClient.Reply ask(ServiceClient client, String revision) throws Exception {
        return client.post(
                PANTRY + "/predictions", "{\"inputs\": [\"olives\"], \"min_revision\": \"" + revision + "\"}");
    }

    private static List<String> taught(ServiceClient client) throws Exception {
        List<String> ids = new ArrayList<>();
        client.get(PANTRY + "/examples?limit=1000")
                .body()
                .path("items")
                .forEach(item -> ids.add(item.path("id").asText()));
        return ids;
    }

    /** Notes the first id of a kind in a reply. */
    private static void note(ServiceClient.Reply reply, String prefix, List<String> ids) {
        Matcher id = Pattern.compile('"' + prefix + "[0-9a-f]+").matcher(String.valueOf(reply.body()));
        assertThat(id.find()).as("%s", reply.body()).isTrue();
        ids.add(id.group().substring(1));
    }
}
