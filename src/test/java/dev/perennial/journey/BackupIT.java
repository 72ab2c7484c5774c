// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.store.PostgresSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups as docs/operations.md has them made: what is put back answers as what was lost did. */
final class BackupIT {
    private static final String TASK = "/v1/tasks/kitchen";
    private static final Map<String, String> ONE_ENCODER = Map.of("perennial.members.bundled", "all-minilm-l6-v2");

    @TempDir
    private Path home;

    /** What is to be the same before and after. */
    private record Said(JsonNode revision, JsonNode digest, List<JsonNode> labels) {
        static Said by(ServiceClient client) throws Exception {
            JsonNode answer = client.post(TASK + "/predictions", """
                            {"top_k": 2, "mode": "full", "inputs": ["sausages sizzle", "a clean shirt", "what time is it?"]}""").body();
            JsonNode revision = client.get(
                            TASK + "/revisions/" + answer.path("revision").asText())
                    .body();
            assertThat(revision.path("digest").asText()).isNotEmpty();
            return new Said(
                    answer.path("revision"),
                    revision.path("digest"),
                    answer.path("predictions").findValues("labels"));
        }
    }

    @Test
    void directoryOfAStoppedService_isCopiedAndPutBack() throws Exception {
        Path data = home.resolve("data");
        Said before;
        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            teach(service.client());
            before = Said.by(service.client());
            service.terminate();
            service.exitStatus();
        }
        assertThat(run("cp", "-a", data.toString(), home.resolve("monday").toString()))
                .isEmpty();
        assertThat(run("rm", "-rf", data.toString())).isEmpty();
        assertThat(run("cp", "-a", home.resolve("monday").toString(), data.toString()))
                .isEmpty();

        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            assertThat(Said.by(service.client())).isEqualTo(before);
        }
    }

    /** What was acknowledged before the backup began is in it, and nothing that nobody taught. */
    @Test
    void directoryOfARunningService_isCopiedByTheCommand_andPutBack() throws Exception {
        Path data = home.resolve("data");
        Path backup = home.resolve("monday");
        Said before;
        int acknowledgedBefore;
        int sentAfter;
        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            teach(service.client());
            before = Said.by(service.client());
            try (Teaching teaching = new Teaching(service.client())) {
                teaching.awaitSome();
                acknowledgedBefore = teaching.acknowledged();
                assertThat(backup(data, backup)).contains("Copied to");
                sentAfter = teaching.sent();
            }
            assertThat(backup(data, backup)).contains("No backup was made", "exists already");
            assertThat(Said.by(service.client())).isEqualTo(before);
            service.kill();
        }
        assertThat(run("rm", "-rf", data.toString())).isEmpty();
        assertThat(run("cp", "-a", backup.toString(), data.toString())).isEmpty();

        try (ServiceProcess service = ServiceProcess.ready(home, data, ONE_ENCODER)) {
            assertThat(Said.by(service.client())).isEqualTo(before);
            int restored = service.client()
                    .get("/v1/tasks/other")
                    .body()
                    .path("examples_total")
                    .asInt();
            assertThat(restored).isBetween(acknowledgedBefore, sentAfter);
            assertThat(service.client()
                            .post("/v1/tasks/other/examples", example(-1))
                            .status())
                    .isEqualTo(200);
        }
    }

    /** The database is copied by the server, and the files by the command. */
    @Test
    void postgresql_andFiles_arePutBack() throws Exception {
        try (PostgresSchema schema = PostgresSchema.create()) {
            Path data = home.resolve("data");
            Said before;
            try (ServiceProcess service = ServiceProcess.ready(home, data, settings(schema.url(schema.port())))) {
                teach(service.client());
                before = Said.by(service.client());
                assertThat(backup(data, home.resolve("monday"))).contains("no database");
                service.terminate();
                service.exitStatus();
            }
            assertThat(run("rm", "-rf", data.toString())).isEmpty();
            assertThat(run("cp", "-a", home.resolve("monday").toString(), data.toString()))
                    .isEmpty();
            try (PostgresSchema.Copy copy = schema.copied();
                    ServiceProcess service = ServiceProcess.ready(home, data, settings(copy.url()))) {
                assertThat(Said.by(service.client())).isEqualTo(before);
            }
        }
    }

    private static Map<String, String> settings(String url) {
        Map<String, String> settings = new HashMap<>(ONE_ENCODER);
        settings.put("perennial.store.kind", "postgresql");
        settings.put("perennial.store.postgresql.url", url);
        settings.put("perennial.store.postgresql.user", "postgres");
        return settings;
    }

    /** Teaches one example after the other until it is closed. */
    private static final class Teaching implements AutoCloseable {
        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final Thread thread;

        Teaching(ServiceClient client) throws Exception {
            client.put("/v1/tasks/other", "{\"kind\": \"classification\", \"input\": \"text\"}");
            thread = new Thread(() -> teach(client), "teaching");
            thread.start();
        }

        private void teach(ServiceClient client) {
            try {
                while (!done.get()) {
                    int status = client.post("/v1/tasks/other/examples", example(sent.getAndIncrement()))
                            .status();
                    if (status == 200) {
                        acknowledged.incrementAndGet();
                    }
                }
            } catch (IOException | InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitSome() {
            await().until(() -> acknowledged.get() >= 5);
        }

        int acknowledged() {
            return acknowledged.get();
        }

        int sent() {
            return sent.get();
        }

        @Override
        public void close() throws InterruptedException {
            done.set(true);
            thread.join();
        }
    }

    private static String example(int number) {
        return "{\"examples\": [{\"text\": \"number %d\", \"label\": \"%s\"}]}"
                .formatted(number, number % 2 == 0 ? "even" : "odd");
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        ServiceClient.Reply taught = client.post(TASK + "/examples", """
                {"examples": [
                 {"text": "heat the oil in the pan", "label": "frying"},
                 {"text": "an egg in hot butter", "label": "frying"},
                 {"text": "the fish is in the pan", "label": "frying"},
                 {"text": "wipe the table", "label": "cleaning"},
                 {"text": "the floor is dirty", "label": "cleaning"},
                 {"text": "soap for the dishes", "label": "cleaning"}]}""");
        assertThat(taught.status()).as(taught.body().toString()).isEqualTo(200);
    }

    private String backup(Path data, Path target) throws Exception {
        return run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-jar",
                ServiceProcess.JAR.toString(),
                "backup",
                data.toString(),
                target.toString());
    }

    /** What a command prints. */
    private String run(String... command) throws Exception {
        Path printed = Files.createTempFile(home, "command-", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return Files.readString(printed);
    }
}
