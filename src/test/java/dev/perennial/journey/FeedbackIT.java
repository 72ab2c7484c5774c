// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feedback on answers of before a restart, and what is made of it. */
final class FeedbackIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> SETTINGS = Map.of("perennial.members.bundled", "static,all-minilm-l6-v2");
    private static final String TASK = "/v1/tasks/desk";
    private static final String SILENT = "/v1/tasks/silent";
    private static final List<String> QUESTIONS = List.of(
            "the exchange rate of euros is a joke",
            "why is the exchange rate of dollars so bad",
            "what exchange rate do you take for pounds",
            "your exchange rate for yen is wrong",
            "I lost the parcel with my passport",
            "the parcel has come");

    @TempDir
    private Path home;

    private List<String> ids = List.of();
    private String silent = "";

    @Test
    void answersOfBeforeARestart_areCorrected_scored_andGrouped() throws Exception {
        Path data = home.resolve("data");
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            teach(service.client());
            ids = ask(service.client());
            silent = askSilently(service.client());
            service.terminate();
            service.exitStatus();
        }
        try (ServiceProcess service = ServiceProcess.ready(home, data, SETTINGS)) {
            ServiceClient client = service.client();
            idsAlone_needTheText(client);
            idsWithTheText_teach(client);
            scores_countEachAnswerOnce(client);
            mistakes_areListedAndGrouped(client);
            correctedAgain_aMistakeNamesTheLatestTruth(client);
            erasing_takesTheMistakeAlong(client);
            keptTexts_areKnown_untilTheyAreNotKept(client);
            silentAnswers_areJudgedOnce(client);
            assertThat(service.log()).doesNotContain("exchange rate", "parcel");
        }
    }

    private static void teach(ServiceClient client) throws Exception {
        client.put(TASK, """
                {"kind": "classification", "input": "text", "labels": [
                 {"name": "fees", "description": "costs and money"}, {"name": "delivery", "description": "parcels"}]}""");
        assertThat(client.post(TASK + "/examples", """
                        {"examples": [{"text": "what does it cost", "label": "fees"},
                         {"text": "the price in euros and dollars", "label": "fees"},
                         {"text": "how much money do you take", "label": "fees"},
                         {"text": "where is my parcel", "label": "delivery"},
                         {"text": "when does the parcel come", "label": "delivery"},
                         {"text": "the parcel was lost", "label": "delivery"}]}""").status()).isEqualTo(200);
    }

    private static List<String> ask(ServiceClient client) throws Exception {
        List<String> ids = new ArrayList<>();
        ServiceClient.Reply reply =
                client.post(TASK + "/predictions", JSON.writeValueAsString(Map.of("inputs", QUESTIONS, "top_k", 1)));
        assertThat(reply.status()).isEqualTo(200);
        reply.body().path("predictions").forEach(one -> ids.add(one.path("id").asText()));
        return ids;
    }

    private static String askSilently(ServiceClient client) throws Exception {
        client.put(SILENT, """
                {"kind": "classification", "input": "text", "labels": [{"name": "fees"}, {"name": "delivery"}]}""");
        assertThat(client.put(SILENT + "/apprenticeship", "{\"accuracy\": 0.9}").status())
                .isEqualTo(201);
        ServiceClient.Reply reply =
                client.post(SILENT + "/predictions", JSON.writeValueAsString(Map.of("inputs", QUESTIONS)));
        return reply.body().at("/predictions/0/id").asText();
    }

    private void silentAnswers_areJudgedOnce(ServiceClient client) throws Exception {
        for (int i = 0; i < 2; i++) {
            Map<String, String> said = Map.of("prediction_id", silent, "label", "fees", "text", QUESTIONS.get(0));
            assertThat(client.post(SILENT + "/feedback", feedback(said)).status())
                    .isEqualTo(200);
            JsonNode course = client.get(SILENT + "/apprenticeship").body();
            assertThat(course.path("answers").asInt()).isEqualTo(QUESTIONS.size());
            assertThat(course.path("judged").asInt()).isEqualTo(1);
        }
    }

    private static String feedback(Map<String, String> said) throws Exception {
        return JSON.writeValueAsString(said);
    }

    private void idsAlone_needTheText(ServiceClient client) throws Exception {
        ServiceClient.Reply alone =
                client.post(TASK + "/feedback", feedback(Map.of("prediction_id", ids.get(0), "label", "exchange")));
        assertThat(alone.status()).isEqualTo(422);
        assertThat(alone.body().at("/errors/0/pointer").asText()).isEqualTo("/text");
        assertThat(alone.body().at("/errors/0/detail").asText()).contains("send it along");
        ServiceClient.Reply other = client.post(
                TASK + "/feedback",
                feedback(Map.of("prediction_id", ids.get(0), "label", "exchange", "text", QUESTIONS.get(1))));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body().at("/errors/0/detail").asText()).contains("not what was asked");
        assertThat(client.post(
                                TASK + "/feedback",
                                feedback(Map.of("prediction_id", "pr_00000000000000ff", "label", "exchange")))
                        .status())
                .isEqualTo(404);
    }

    private void idsWithTheText_teach(ServiceClient client) throws Exception {
        for (int i = 0; i < QUESTIONS.size(); i++) {
            String right = i < 4 ? "exchange" : i == 4 ? "passports" : "delivery";
            Map<String, String> said = Map.of("prediction_id", ids.get(i), "label", right, "text", QUESTIONS.get(i));
            ServiceClient.Reply reply = client.postOnce(TASK + "/feedback", feedback(said), "key-" + i);
            assertThat(reply.status()).as(QUESTIONS.get(i)).isEqualTo(200);
            assertThat(reply.body().path("was_wrong").asBoolean()).isEqualTo(i < 5);
            assertThat(client.postOnce(TASK + "/feedback", feedback(said), "key-" + i)
                            .body())
                    .isEqualTo(reply.body());
        }
        assertThat(client.post(
                                TASK + "/feedback",
                                feedback(Map.of(
                                        "prediction_id", ids.get(0), "label", "exchange", "text", QUESTIONS.get(0))))
                        .status())
                .isEqualTo(200);
    }

    private static void scores_countEachAnswerOnce(ServiceClient client) throws Exception {
        JsonNode scores = client.get(TASK + "/prequential?window=2&fading=0.5").body();
        assertThat(scores.at("/all/answers").asInt()).isEqualTo(6);
        assertThat(scores.at("/all/accuracy").asDouble()).isEqualTo(1 / 6.0);
        assertThat(scores.at("/window/answers").asInt()).isEqualTo(2);
        assertThat(scores.at("/window/accuracy").asDouble()).isEqualTo(0.5);
        assertThat(scores.at("/faded/accuracy").asDouble()).isGreaterThan(0.5);
        assertThat(scores.at("/all/log_loss").asDouble()).isGreaterThan(10);
        assertThat(scores.at("/by_revision")).hasSize(1);
        assertThat(client.get(TASK + "/prequential?window=0").status()).isEqualTo(422);
        assertThat(client.get(TASK + "/prequential?fading=1.1").status()).isEqualTo(422);
    }

    private static void mistakes_areListedAndGrouped(ServiceClient client) throws Exception {
        JsonNode page = client.get("/v1/mistakes?task=desk&limit=2").body();
        assertThat(page.path("items")).hasSize(2);
        JsonNode latest = page.path("items").get(0);
        assertThat(latest.at("/right/label").asText()).isEqualTo("passports");
        assertThat(latest.at("/answered/label").asText()).isIn("fees", "delivery");
        assertThat(latest.toString()).doesNotContain("parcel with");
        assertThat(client.get(TASK + "/examples/" + latest.path("example_id").asText())
                        .body()
                        .path("text")
                        .asText())
                .isEqualTo(QUESTIONS.get(4));
        JsonNode rest = client.get("/v1/mistakes?limit=50&cursor="
                        + page.path("next_cursor").asText())
                .body();
        assertThat(rest.path("items")).hasSize(3);
        assertThat(rest.path("next_cursor").isNull()).isTrue();

        JsonNode clusters = client.get(TASK + "/mistakes/clusters").body();
        JsonNode largest = clusters.path("clusters").get(0);
        assertThat(clusters.path("mistakes").asInt()).isEqualTo(5);
        assertThat(largest.path("size").asInt()).isEqualTo(4);
        assertThat(largest.at("/confusions/0/right/label").asText()).isEqualTo("exchange");
        assertThat(largest.path("words").toString()).contains("exchange", "rate");
        assertThat(largest.at("/example/text").asText()).contains("exchange rate");
    }

    private void correctedAgain_aMistakeNamesTheLatestTruth(ServiceClient client) throws Exception {
        Map<String, String> said = Map.of("prediction_id", ids.get(4), "label", "embassies", "text", QUESTIONS.get(4));
        ServiceClient.Reply reply = client.post(TASK + "/feedback", feedback(said));
        assertThat(reply.status()).isEqualTo(200);

        JsonNode mistakes = client.get("/v1/mistakes?task=desk").body().path("items");
        assertThat(mistakes).hasSize(5);
        assertThat(mistakes.get(0).at("/right/label").asText()).isEqualTo("embassies");
        assertThat(mistakes.get(0).path("example_id").asText())
                .isEqualTo(reply.body().path("example_id").asText());
    }

    private static void erasing_takesTheMistakeAlong(ServiceClient client) throws Exception {
        JsonNode latest =
                client.get("/v1/mistakes?task=desk").body().path("items").get(0);
        client.delete(TASK + "/examples/" + latest.path("example_id").asText());

        JsonNode left = client.get("/v1/mistakes?task=desk").body().path("items");
        assertThat(left).hasSize(4);
        assertThat(left.toString()).doesNotContain(latest.path("id").asText());
        ServiceClient.Reply again = client.post(
                TASK + "/feedback",
                feedback(Map.of(
                        "prediction_id",
                        latest.path("prediction_id").asText(),
                        "label",
                        "passports",
                        "text",
                        QUESTIONS.get(4))));
        assertThat(again.status()).isEqualTo(404);
    }

    private void keptTexts_areKnown_untilTheyAreNotKept(ServiceClient client) throws Exception {
        assertThat(client.get(TASK + "/prediction-log")
                        .body()
                        .path("keep_texts")
                        .asBoolean())
                .isFalse();
        assertThat(client.put(TASK + "/prediction-log", "{\"keep_texts\": true}")
                        .body()
                        .path("keep_texts")
                        .asBoolean())
                .isTrue();
        assertThat(client.put(TASK + "/prediction-log", "{}").status()).isEqualTo(422);
        assertThat(client.put(TASK + "/prediction-log", "{\"keep_texts\": false}")
                        .body()
                        .path("seconds")
                        .asLong())
                .isEqualTo(7 * 24 * 3600);
    }
}
