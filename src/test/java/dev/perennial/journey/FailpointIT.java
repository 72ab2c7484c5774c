// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.store.PostgresSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service ends at every failpoint as {@code kill -9} ends it. The next one starts by itself; what was
 * acknowledged is there, once; what was being done is there as a whole or not at all; and it can be taught again.
 */
final class FailpointIT {
    private static final String TASK = "/v1/tasks/crash";
    private static final String GRAPH = "/v1/graphs/places";
    private static final String ERASED = "nobody may find the platypus again";
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", "");
    private static final int KILLED = 137;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Passed by shelves of the disk alone, which {@code ShelfCrashIT} has end there. */
    static final Set<Failpoint> OF_SHELVES = EnumSet.of(
            Failpoint.ADAPTER_WRITTEN, Failpoint.ADAPTER_KEPT, Failpoint.TABLE_WRITTEN, Failpoint.TABLE_UNCONFIRMED);

    /** What has to hold of the next process. */
    private interface Check {
        void of(ServiceClient client) throws Exception;
    }

    private final List<String> acknowledged = new ArrayList<>();
    private byte[] exported = {};

    @TempDir
    private Path home;

    @Test
    void endAtEachOfThem_losesAndDoublesNothing() throws Exception {
        List<Check> checks = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS)) {
            prepare(service.client());
            service.kill();
        }
        Set<Failpoint> points = EnumSet.complementOf(EnumSet.copyOf(OF_SHELVES));
        points.remove(Failpoint.LEASE_TAKEN);
        for (Failpoint point : points) {
            Map<String, String> armed = new HashMap<>(SETTINGS);
            armed.put("dev.perennial.failpoint", point.name());
            try (ServiceProcess service = ServiceProcess.start(home, home.resolve("data"), armed)) {
                if (service.serves()) {
                    checkAll(checks, service.client(), point);
                    checks.add(reach(point, service.client()));
                }
                assertThat(service.exitStatus())
                        .as("%s: %s", point, service.log())
                        .isEqualTo(KILLED);
            }
        }
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), SETTINGS)) {
            checkAll(checks, service.client(), Failpoint.HEAD_LEARNT);
            teach(service.client(), TASK, "it can be taught after all of them");
            checkAll(checks, service.client(), Failpoint.HEAD_LEARNT);
            service.terminate();
            service.exitStatus();
        }
        assertThat(filesHold(ERASED)).as("the erased text").isFalse();
    }

    @Test
    void endBetweenTheLeaseAndTheFirstChange_leavesTheStoreToTheNext() throws Exception {
        try (PostgresSchema schema = PostgresSchema.create()) {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.put("perennial.store.kind", "postgresql");
            settings.put("perennial.store.postgresql.url", schema.url(schema.port()));
            settings.put("perennial.store.postgresql.user", "postgres");
            settings.put("perennial.store.postgresql.lease", "2s");
            try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("one"), settings)) {
                prepare(service.client());
                service.terminate();
                service.exitStatus();
            }
            settings.put("dev.perennial.failpoint", Failpoint.LEASE_TAKEN.name());
            try (ServiceProcess service = ServiceProcess.start(home, home.resolve("two"), settings)) {
                assertThat(service.exitStatus()).as(service.log()).isEqualTo(KILLED);
            }
            settings.remove("dev.perennial.failpoint");
            try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("three"), settings)) {
                ServiceClient client = service.client();
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(AssertionError.class)
                        .untilAsserted(() -> assertThat(post(client, TASK + "/examples", example("once more", "even")))
                                .isEqualTo(200));
                assertThat(texts(client, TASK)).containsAll(acknowledged).contains("once more");
            }
        }
    }

    /** Tasks with a registered encoder, a graph, and an export of two of them. */
    private void prepare(ServiceClient client) throws Exception {
        TinyMember.register(client, home.resolve("tiny"));
        for (String task : List.of(TASK, "/v1/tasks/other", "/v1/tasks/third", "/v1/tasks/back")) {
            client.put(task, "{\"kind\": \"classification\", \"input\": \"text\"}");
            teach(client, task, "how do i activate my card in " + task);
        }
        assertThat(client.put(GRAPH, "{}").status()).isEqualTo(201);
        assertThat(client.put(GRAPH + "/entities/volcano", "{\"labels\": {\"en\": \"volcano\"}}")
                        .status())
                .isBetween(200, 201);
        JsonNode job = TinyMember.settled(client, client.post("/v1/exports", "{\"tasks\": [\"other\", \"third\"]}"));
        exported = client.fetch(job.path("result").path("path").asText());
    }

    /** Has the process come to a failpoint, and end there; what has to hold of the next one. */
    private Check reach(Failpoint point, ServiceClient client) throws Exception {
        String text = "taught at " + point;
        return switch (point) {
            case TEACHING_WRITTEN -> {
                sent(() -> client.post(TASK + "/examples", example(text, "even")));
                yield next -> assertThat(texts(next, TASK)).doesNotContain(text);
            }
            case TEACHING_COMMITTED, HEAD_LEARNT -> {
                sent(() -> client.post(TASK + "/examples", example(text, "odd")));
                yield next -> assertThat(texts(next, TASK)).containsOnlyOnce(text);
            }
            case ERASURE_COMMITTED -> erased(client);
            case ALIAS_MOVED -> wentBack(client);
            case MEMBER_UNCONFIRMED -> {
                byte[] zip = TinyMember.zip(home.resolve("tiny"));
                sent(() -> client.postZip("/v1/members?id=second", zip));
                yield next -> await().atMost(PATIENCE)
                        .until(() -> next.get("/v1/members/second")
                                .body()
                                .path("state")
                                .asText()
                                .equals("ready"));
            }
            case VECTORS_WRITTEN -> {
                sent(() -> client.postText(GRAPH + "/vectors", "1 3\nvolcano 1 0 0\n"));
                yield next -> assertThat(next.get(GRAPH)
                                .body()
                                .path("vectors")
                                .path("dimension")
                                .asInt())
                        .isEqualTo(3);
            }
            case EXPORT_WRITTEN, JOB_ACCEPTED -> {
                sent(() -> client.post("/v1/exports", "{\"tasks\": [\"other\"]}"));
                yield next -> assertThat(next.get("/v1/jobs?limit=1000").body().findValuesAsText("kind"))
                        .as("%s: jobs, each of which is seen to succeed", point)
                        .filteredOn("export"::equals)
                        .hasSizeGreaterThan(point == Failpoint.EXPORT_WRITTEN ? 1 : 2);
            }
            case IMPORT_STEP_DONE -> {
                sent(() -> client.postZip("/v1/imports?on_conflict=replace&anyhow=true", exported));
                yield next -> {
                    assertThat(texts(next, "/v1/tasks/other")).hasSize(2);
                    assertThat(texts(next, "/v1/tasks/third")).hasSize(2);
                };
            }
            case ADAPTER_WRITTEN, ADAPTER_KEPT, TABLE_WRITTEN, TABLE_UNCONFIRMED, LEASE_TAKEN ->
                throw new IllegalStateException("reached elsewhere");
        };
    }

    private Check erased(ServiceClient client) throws Exception {
        ServiceClient.Reply taught = client.post(TASK + "/examples", example(ERASED, "odd"));
        assertThat(taught.status()).isEqualTo(200);
        String id = taught.body().path("example_ids").path(0).asText();
        sent(() -> client.delete(TASK + "/examples/" + id));
        return next -> {
            assertThat(texts(next, TASK)).doesNotContain(ERASED);
            assertThat(next.get(TASK + "/examples/" + id).status()).isEqualTo(404);
        };
    }

    private Check wentBack(ServiceClient client) throws Exception {
        String before = client.get("/v1/tasks/back").body().path("revision").asText();
        assertThat(post(client, "/v1/tasks/back/examples", example("set aside", "odd")))
                .isEqualTo(200);
        sent(() -> client.put("/v1/tasks/back/aliases/serving", "{\"revision\": \"" + before + "\"}"));
        return next -> {
            assertThat(texts(next, "/v1/tasks/back")).hasSize(2).doesNotContain("set aside");
            assertThat(post(next, "/v1/tasks/back/predictions", "{\"inputs\": [\"my card\"]}"))
                    .isEqualTo(200);
        };
    }

    /** Work that was cut off goes on and ends well, everything that was acknowledged is there, and it learns. */
    private void checkAll(List<Check> checks, ServiceClient client, Failpoint point) throws Exception {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                client.get("/v1/jobs?limit=1000").body().findValuesAsText("status"))
                        .as("jobs before %s", point)
                        .containsOnly("succeeded"));
        for (Check check : checks) {
            check.of(client);
        }
        assertThat(texts(client, TASK))
                .as("before %s", point)
                .doesNotHaveDuplicates()
                .containsAll(acknowledged);
        ServiceClient.Reply asked = client.post(TASK + "/predictions", "{\"inputs\": [\"activate my card\"]}");
        assertThat(asked.status()).as("%s: %s", point, asked.body()).isEqualTo(200);
        if (!EnumSet.of(Failpoint.TEACHING_WRITTEN, Failpoint.TEACHING_COMMITTED, Failpoint.HEAD_LEARNT)
                .contains(point)) {
            teach(client, TASK, "taught before " + point);
        }
    }

    private void teach(ServiceClient client, String task, String text) throws Exception {
        for (String label : List.of("even", "odd")) {
            assertThat(post(client, task + "/examples", example(text + ", " + label, label)))
                    .isEqualTo(200);
            if (task.equals(TASK)) {
                acknowledged.add(text + ", " + label);
            }
        }
    }

    private static int post(ServiceClient client, String path, String body) throws Exception {
        return client.post(path, body).status();
    }

    /** A request; the end of the process may come before its reply. */
    private interface Request {
        ServiceClient.Reply send() throws IOException, InterruptedException;
    }

    private static void sent(Request request) throws InterruptedException {
        try {
            assertThat(request.send().status()).isEqualTo(202);
        } catch (IOException cutOff) {
            assertThat(cutOff).isNotNull();
        }
    }

    private boolean filesHold(String text) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("data"))) {
            return files.filter(Files::isRegularFile).anyMatch(file -> holds(file, text));
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException gone) {
            return false;
        }
    }

    private static List<String> texts(ServiceClient client, String task) throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        client.get(task + "/examples?limit=1000")
                .body()
                .path("items")
                .forEach(item -> texts.add(item.path("text").asText()));
        return texts;
    }

    private static String example(String text, String label) {
        return "{\"examples\": [{\"text\": \"%s\", \"label\": \"%s\"}]}".formatted(text, label);
    }
}
