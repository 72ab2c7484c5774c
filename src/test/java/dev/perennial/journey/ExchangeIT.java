// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks go as one file from one packaged service to another, and are answered there as they were here. */
final class ExchangeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double TOLERANCE = 1e-6;
    private static final int EXAMPLES = 60;
    private static final int QUESTIONS = 25;
    private static final List<String> LABELS = List.of("baking", "frying", "cleaning");
    private static final List<String> THINGS =
            List.of("bread", "an egg", "the oven", "a pan", "cake", "the sink", "fish", "a plate", "dough", "chips");
    private static final List<String> DEEDS = List.of("bake", "fry", "wash", "heat", "scrub", "knead", "burn", "rinse");

    private static final Map<String, String> DEFINITIONS = new LinkedHashMap<>(Map.of(
            "kitchen",
            "{\"kind\": \"classification\", \"instruction\": \"What is done?\", \"labels\": [{\"name\": \"baking\","
                    + " \"description\": \"making bread and cake in an oven\"}]}",
            "kitchen-many",
            "{\"kind\": \"multilabel\", \"labels\": [\"cleaning\", \"baking\"]}",
            "kitchen-score",
            "{\"kind\": \"regression\", \"score_range\": [0, 10]}",
            "kitchen-pairs",
            "{\"kind\": \"classification\", \"input\": \"pair\"}"));

    @TempDir
    private Path home;

    @Test
    @SuppressWarnings("SystemOut")
    void exportedTasks_areAnsweredElsewhereAsHere() throws Exception {
        long seed = Long.getLong("perennial.seed", System.nanoTime());
        System.out.println("ExchangeIT: perennial.seed=" + seed);
        Random random = new Random(seed);
        byte[] file;
        Map<String, String> questions = new LinkedHashMap<>();
        Map<String, JsonNode> answers = new LinkedHashMap<>();
        Path first = home.resolve("first");
        try (ServiceProcess service = ServiceProcess.ready(home, first, Map.of())) {
            ServiceClient client = service.client();
            for (Map.Entry<String, String> task : DEFINITIONS.entrySet()) {
                teach(client, task.getKey(), task.getValue(), random);
                questions.put(task.getKey(), questions(task.getKey(), random));
                answers.put(task.getKey(), ask(client, task.getKey(), questions.get(task.getKey())));
            }
            JsonNode job = TinyMember.settled(client, client.post("/v1/exports", "{}"));
            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            assertThat(job.path("result").path("tasks")).hasSize(DEFINITIONS.size());
            assertThat(job.path("result").findValues("not_included")).allMatch(JsonNode::isEmpty);
            requireForOwnerAlone(first.resolve("exports"));
            file = client.fetch(job.path("result").path("path").asText());
        }
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("second"), Map.of())) {
            ServiceClient client = service.client();
            JsonNode job = TinyMember.settled(client, client.postZip("/v1/imports", file));
            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            assertThat(job.path("result").path("other_members")).isEmpty();
            for (String task : DEFINITIONS.keySet()) {
                same(ask(client, task, questions.get(task)), answers.get(task));
                assertThat(client.get("/v1/tasks/" + task + "/policy")
                                .body()
                                .path("cascade_risk")
                                .asDouble())
                        .isEqualTo(0.05);
            }
            JsonNode again = TinyMember.settled(client, client.post("/v1/exports", "{}"));
            assertThat(client.fetch(again.path("result").path("path").asText())).isEqualTo(file);
            assertThat(home.resolve("second").resolve("imports")).isEmptyDirectory();
            assertThat(service.log()).doesNotContain("knead").doesNotContain("scrub");
        }
    }

    private static void requireForOwnerAlone(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).isNotEmpty();
            for (Path file : all) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
    }

    private static void teach(ServiceClient client, String task, String definition, Random random) throws Exception {
        assertThat(client.put("/v1/tasks/" + task, definition).status()).isEqualTo(201);
        assertThat(client.put("/v1/tasks/" + task + "/policy", "{\"cascade_risk\": 0.05, \"target_coverage\": 0.8}")
                        .status())
                .isEqualTo(200);
        ObjectNode body = JSON.createObjectNode();
        ArrayNode examples = body.putArray("examples");
        for (int i = 0; i < EXAMPLES; i++) {
            ObjectNode example = examples.addObject();
            int label = random.nextInt(LABELS.size());
            input(example, task, i, random);
            switch (task) {
                case "kitchen-many" ->
                    example.putArray("labels").add(LABELS.get(label)).add(LABELS.get((label + 1) % 2));
                case "kitchen-score" -> example.put("score", 10 * random.nextDouble());
                default -> example.put("label", LABELS.get(label));
            }
            example.put("weight", 1 + random.nextInt(3));
            if (i % 3 == 0) {
                example.put("external_id", "row " + i);
            }
        }
        assertThat(client.post("/v1/tasks/" + task + "/examples", body.toString())
                        .status())
                .isEqualTo(200);
    }

    private static void input(ObjectNode row, String task, int number, Random random) {
        row.put("text", sentence(random) + " (" + number + ")");
        if (task.equals("kitchen-pairs")) {
            row.put("text_pair", sentence(random));
        }
    }

    private static String sentence(Random random) {
        return "How do I " + DEEDS.get(random.nextInt(DEEDS.size())) + " " + THINGS.get(random.nextInt(THINGS.size()))
                + "?";
    }

    private static String questions(String task, Random random) {
        ObjectNode body = JSON.createObjectNode();
        body.put("top_k", LABELS.size()).put("mode", "full");
        ArrayNode inputs = body.putArray("inputs");
        for (int i = 0; i < QUESTIONS; i++) {
            input(inputs.addObject(), task, i, random);
        }
        return body.toString();
    }

    private static JsonNode ask(ServiceClient client, String task, String questions) throws Exception {
        ServiceClient.Reply reply = client.post("/v1/tasks/" + task + "/predictions", questions);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        return reply.body().path("predictions");
    }

    private static void same(JsonNode answers, JsonNode expected) {
        assertThat(answers).hasSize(QUESTIONS).hasSameSizeAs(expected);
        for (int i = 0; i < QUESTIONS; i++) {
            JsonNode answer = answers.path(i);
            JsonNode before = expected.path(i);
            assertThat(answer.path("label")).isEqualTo(before.path("label"));
            assertThat(answer.path("label_set")).isEqualTo(before.path("label_set"));
            assertThat(answer.path("score").asDouble())
                    .isCloseTo(before.path("score").asDouble(), within(TOLERANCE));
            assertThat(answer.path("labels").findValuesAsText("label"))
                    .isEqualTo(before.path("labels").findValuesAsText("label"));
            for (int j = 0; j < before.path("labels").size(); j++) {
                assertThat(answer.path("labels").path(j).path("probability").asDouble())
                        .isCloseTo(
                                before.path("labels")
                                        .path(j)
                                        .path("probability")
                                        .asDouble(),
                                within(TOLERANCE));
            }
        }
    }
}
