// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service learns its static table anew from what it was asked, keeps it, and goes back. */
final class RefreshIT {
    private static final Map<String, String> SETTINGS =
            Map.of("perennial.members.bundled", "static,all-minilm-l6-v2", "perennial.static.sample-size", "1000");
    private static final String REFRESHES = "/v1/members/static/refreshes";
    private static final String TASK = "/v1/tasks/garden";
    private static final List<String> LABELS = List.of("watering", "pruning", "planting", "pests");
    private static final List<List<String>> VERBS = List.of(
            List.of("water", "sprinkle", "soak", "moisten"),
            List.of("prune", "trim", "shorten", "cut back"),
            List.of("sow", "plant", "transplant", "pot"),
            List.of("spray against aphids on", "pick snails off", "treat mildew on", "keep slugs from"));
    private static final List<String> PLANTS =
            List.of("roses", "tomatoes", "hydrangeas", "basil", "raspberries", "lettuce", "apple trees", "tulips");
    private static final List<String> TIMES =
            List.of("in spring", "at noon", "before the frost", "every week", "today");

    @TempDir
    private Path home;

    @Test
    void refresh_isPromotedAndKept_andGoingBackGivesTheSameAnswersAsBefore() throws Exception {
        Path data = home.resolve("data");
        String built;
        JsonNode before;
        String refreshed;
        JsonNode after;
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            teach(client);
            built = digest(client);
            assertThat(client.delete(REFRESHES).status()).isEqualTo(409);
            predict(client, questions().subList(0, 50), "full");
            assertThat(refusal(client)).contains("200").contains("there are 50");
            String example =
                    client.get(TASK + "/examples").body().at("/items/0/id").asText();
            assertThat(client.delete(TASK + "/examples/" + example).status()).isEqualTo(200);
            assertThat(refusal(client))
                    .as("a forgotten text may have been asked")
                    .contains("there are 0");
            before = answers(client);
            ask(client);

            JsonNode job = TinyMember.settled(client, client.post(REFRESHES, "{\"tasks\": [\"garden\"]}"));

            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            assertThat(job.path("kind").asText()).isEqualTo("member-refresh");
            JsonNode result = job.path("result");
            assertThat(result.path("promoted").asBoolean()).as("%s", job).isTrue();
            JsonNode sample = result.path("report").path("sample");
            assertThat(sample.path("cosine_after").asDouble())
                    .isGreaterThan(sample.path("cosine_before").asDouble());
            assertThat(sample.path("texts").asInt() + sample.path("held_out").asInt())
                    .isBetween(200, questions().size());
            refreshed = digest(client);
            assertThat(refreshed)
                    .isNotEqualTo(built)
                    .isEqualTo(result.path("report").path("digest").asText());
            after = answers(client);
            assertThat(after).isNotEqualTo(before);
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            assertThat(digest(client)).isEqualTo(refreshed);
            assertThat(answers(client)).isEqualTo(after);
            service.kill();
        }
        Path table = table(data);
        byte[] whole = Files.readAllBytes(table);
        Files.write(table, new byte[1536]);
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            assertThat(digest(service.client())).isEqualTo(built);
            assertThat(answers(service.client())).isEqualTo(before);
            assertThat(service.log()).contains("refreshed table of the static member is damaged");
            service.kill();
        }
        Files.write(table, whole);
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            assertThat(digest(client)).isEqualTo(refreshed);

            JsonNode job = TinyMember.settled(client, client.delete(REFRESHES));

            assertThat(job.path("status").asText()).as("%s", job).isEqualTo("succeeded");
            assertThat(digest(client)).isEqualTo(built);
            assertThat(answers(client)).isEqualTo(before);
            assertThat(client.delete(REFRESHES).status()).isEqualTo(409);
            assertThat(table).doesNotExist();
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            assertThat(digest(service.client())).isEqualTo(built);
            assertThat(answers(service.client())).isEqualTo(before);
        }
    }

    private static String refusal(ServiceClient client) throws Exception {
        ServiceClient.Reply reply = client.post(REFRESHES, "{}");
        assertThat(reply.status()).isEqualTo(409);
        return reply.body().path("detail").asText();
    }

    private static Path table(Path data) throws Exception {
        try (Stream<Path> files = Files.list(data.resolve("refreshed"))) {
            return files.filter(file -> file.toString().endsWith(".table"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String digest(ServiceClient client) throws Exception {
        return client.get("/v1/members/static").body().path("digest").asText();
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, "{\"kind\": \"classification\", \"input\": \"text\"}");
        List<String> examples = new ArrayList<>();
        for (int label = 0; label < LABELS.size(); label++) {
            for (int i = 0; i < 8; i++) {
                String text = "should one " + VERBS.get(label).get(i % 4) + " the "
                        + PLANTS.get((i * 3 + label) % PLANTS.size()) + " now";
                examples.add("{\"text\": \"" + text + "\", \"label\": \"" + LABELS.get(label) + "\"}");
            }
        }
        String body = "{\"examples\": [" + String.join(",", examples) + "]}";
        assertThat(client.post(TASK + "/examples", body).status()).isEqualTo(200);
    }

    private static List<String> questions() {
        List<String> questions = new ArrayList<>();
        VERBS.forEach(verbs -> verbs.forEach(verb -> PLANTS.forEach(plant ->
                TIMES.forEach(time -> questions.add("how do I " + verb + " my " + plant + " " + time + "?")))));
        return questions.stream()
                .filter(question -> question.hashCode() % 2 == 0)
                .toList();
    }

    private static void ask(ServiceClient client) throws Exception {
        List<String> questions = questions();
        for (int from = 0; from < questions.size(); from += 128) {
            assertThat(predict(client, questions.subList(from, Math.min(questions.size(), from + 128)), "full")
                            .size())
                    .isPositive();
        }
    }

    /** Labels and probabilities, without ids. */
    private static JsonNode answers(ServiceClient client) throws Exception {
        JsonNode predictions =
                predict(client, List.of("can I water the ferns tonight", "who eats my cabbage", "short twigs"), "fast");
        predictions.forEach(prediction -> ((ObjectNode) prediction).remove("id"));
        return predictions;
    }

    private static JsonNode predict(ServiceClient client, List<String> texts, String mode) throws Exception {
        String inputs = texts.stream().map(text -> "\"" + text + "\"").collect(Collectors.joining(","));
        return client.post(TASK + "/predictions", "{\"inputs\": [" + inputs + "], \"mode\": \"" + mode + "\"}")
                .body()
                .path("predictions");
    }
}
