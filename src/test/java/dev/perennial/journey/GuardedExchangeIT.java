// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that drifts goes elsewhere with its order, its quarantine, the bounds of its gate and its apprenticeship. */
final class GuardedExchangeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> ONE_ENCODER = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
    private static final int EXAMPLES = 80;
    private static final List<String> FOOD = List.of("bread", "cake", "fish", "cheese", "an egg", "soup", "rice");
    private static final List<String> WEATHER = List.of("rain", "snow", "storm", "sun", "fog", "wind", "hail");

    @TempDir
    private Path home;

    private byte[] file = {};
    private String digest = "";
    private String answers = "";
    private List<String> order = List.of();
    private List<String> apart = List.of();

    @Test
    @SuppressWarnings("SystemOut")
    void guardedTask_isTheSameElsewhere_underAnotherName() throws Exception {
        long seed = Long.getLong("perennial.seed", System.nanoTime());
        System.out.println("GuardedExchangeIT: perennial.seed=" + seed);
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("first"), ONE_ENCODER)) {
            ServiceClient client = service.client();
            teach(client, new Random(seed));
            guard(client);
            JsonNode job = TinyMember.settled(client, client.post("/v1/exports", "{\"tasks\": [\"desk\"]}"));
            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            file = client.fetch(job.path("result").path("path").asText());
            see(client, "/v1/tasks/desk");
        }
        List<String> orderThere = order;
        List<String> apartThere = apart;
        String digestThere = digest;
        String answersThere = answers;
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("second"), ONE_ENCODER)) {
            ServiceClient client = service.client();
            JsonNode job = TinyMember.settled(client, client.postZip("/v1/imports", renamed(file, "desk", "help")));
            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            isGuarded(client, "/v1/tasks/help");
            see(client, "/v1/tasks/help");
        }
        assertThat(order).hasSize(EXAMPLES - 3).isEqualTo(orderThere);
        assertThat(apart).hasSize(3).isEqualTo(apartThere);
        assertThat(answers).isEqualTo(answersThere);
        assertThat(digest).isEqualTo(digestThere);
    }

    private static void teach(ServiceClient client, Random random) throws Exception {
        assertThat(client.put("/v1/tasks/desk", "{\"kind\": \"classification\"}")
                        .status())
                .isEqualTo(201);
        assertThat(client.put("/v1/tasks/desk/policy", "{\"drifts\": true}").status())
                .isEqualTo(200);
        ObjectNode body = JSON.createObjectNode();
        ArrayNode examples = body.putArray("examples");
        for (int i = 0; i < EXAMPLES; i++) {
            boolean isFood = random.nextBoolean();
            List<String> words = isFood ? FOOD : WEATHER;
            examples.addObject()
                    .put("text", "there is " + words.get(random.nextInt(words.size())) + " no " + random.nextInt(9_999))
                    .put("label", isFood ^ i > EXAMPLES / 2 ? "food" : "weather")
                    .put("external_id", "row " + i)
                    .put("source", "crowd." + i % 2);
        }
        assertThat(client.post("/v1/tasks/desk/examples", body.toString()).status())
                .isEqualTo(200);
    }

    private static void guard(ServiceClient client) throws Exception {
        List<String> ids = client.get("/v1/tasks/desk/examples?limit=200")
                .body()
                .path("items")
                .findValuesAsText("id");
        String some = "{\"example_ids\": [\"%s\", \"%s\", \"%s\"]}".formatted(ids.get(0), ids.get(30), ids.get(79));
        assertThat(client.post("/v1/tasks/desk/quarantine", some).status()).isEqualTo(200);
        assertThat(client.put("/v1/tasks/desk/gate", "{\"recall\": 0.001, \"recent_rows\": 50}")
                        .status())
                .isEqualTo(200);
        assertThat(client.put("/v1/tasks/desk/prediction-log", "{\"keep_texts\": true}")
                        .status())
                .isEqualTo(200);
        assertThat(client.put("/v1/tasks/desk/apprenticeship", "{\"accuracy\": 0.97, \"feedback\": 40}")
                        .status())
                .isEqualTo(201);
        isGuarded(client, "/v1/tasks/desk");
    }

    private static void isGuarded(ServiceClient client, String task) throws Exception {
        JsonNode bounds = client.get(task + "/gate").body();
        assertThat(bounds.findValue("recall").asDouble()).as("%s", bounds).isEqualTo(0.001);
        assertThat(bounds.findValue("recent_rows").asInt()).isEqualTo(50);
        assertThat(client.get(task + "/prediction-log")
                        .body()
                        .path("keep_texts")
                        .asBoolean())
                .isTrue();
        JsonNode apprenticeship = client.get(task + "/apprenticeship").body();
        assertThat(apprenticeship.path("state").asText()).isEqualTo("running");
        assertThat(apprenticeship.path("accuracy").asDouble()).isEqualTo(0.97);
        assertThat(apprenticeship.path("feedback").asInt()).isEqualTo(40);
        JsonNode silent = client.post(task + "/predictions", "{\"inputs\": [\"there is soup\"]}")
                .body();
        assertThat(silent.path("predictions").path(0).path("apprentice").asBoolean())
                .as("%s", silent)
                .isTrue();
        assertThat(silent.path("predictions").path(0).path("label").isNull()).isTrue();
    }

    /** What a task is: its order, its quarantine, its digest, and what it says of texts when it is silent no longer. */
    private void see(ServiceClient client, String task) throws Exception {
        order = rows(client.get(task + "/examples?limit=200").body());
        apart = new ArrayList<>();
        for (JsonNode item : client.get(task + "/quarantine?limit=200").body().path("items")) {
            apart.add(row(item.path("example")) + " " + item.path("reason").asText());
        }
        digest = client.get(task + "/revisions/serving").body().path("digest").asText();
        assertThat(digest).matches("[0-9a-f]{64}");
        assertThat(client.delete(task + "/apprenticeship").status()).isBetween(200, 204);
        JsonNode said = client.post(
                        task + "/predictions",
                        "{\"inputs\": [\"there is cake\", \"there is fog\"], \"mode\": \"full\", \"top_k\": 2}")
                .body();
        assertThat(said.path("predictions").findValues("probability"))
                .as("%s", said)
                .isNotEmpty()
                .allMatch(JsonNode::isNumber);
        answers = said.path("predictions").findValuesAsText("probability").toString();
    }

    private static List<String> rows(JsonNode page) {
        List<String> rows = new ArrayList<>();
        page.path("items").forEach(item -> rows.add(row(item)));
        return rows;
    }

    private static String row(JsonNode example) {
        return example.path("external_id").asText() + " " + example.path("text").asText() + " "
                + example.path("label").asText() + " " + example.path("source").asText();
    }

    /**
     * The file as it would be were the task called otherwise: nothing of its parts but the names says what it is
     * called.
     */
    private static byte[] renamed(byte[] file, String from, String to) throws Exception {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file));
                ZipOutputStream out = new ZipOutputStream(changed)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                if (entry.getName().equals("manifest.json")) {
                    requireSums(content, file);
                    content = new String(content, StandardCharsets.UTF_8)
                            .replace("tasks/" + from + "/", "tasks/" + to + "/")
                            .replace("\"task\":\"" + from + "\"", "\"task\":\"" + to + "\"")
                            .getBytes(StandardCharsets.UTF_8);
                }
                out.putNextEntry(new ZipEntry(entry.getName().replace("tasks/" + from + "/", "tasks/" + to + "/")));
                out.write(content);
            }
        }
        return changed.toByteArray();
    }

    /** Every part is under the manifest's SHA-256. */
    private static void requireSums(byte[] manifest, byte[] file) throws Exception {
        String said = new String(manifest, StandardCharsets.UTF_8);
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
                if (!entry.getName().equals("manifest.json")) {
                    assertThat(said)
                            .contains(
                                    "\"" + entry.getName() + "\"",
                                    HexFormat.of().formatHex(sum));
                }
            }
        }
    }
}
