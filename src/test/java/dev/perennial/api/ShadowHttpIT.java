// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Candidates beside what serves, and silent tasks, over HTTP. */
@QuarkusTest
final class ShadowHttpIT {
    private static final String DISPUTED = "my card is gone";
    private static final String CANDIDATE = """
            {"examples": [{"text": "my card is gone", "label": "card_arrival", "weight": 50.0},
                          {"text": "where is the card you sent", "label": "card_arrival"}]}""";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private String task;
    private String path;
    private String serving;
    private String candidate;

    @BeforeEach
    void stage() {
        Http.awaitReady();
        task = uniqueTask();
        path = "/v1/tasks/" + task;
        put(path, Examples.CLASSIFICATION).statusCode(201);
        serving = post(path + "/examples", Examples.TEACHING)
                .statusCode(200)
                .extract()
                .path("revision");
        candidate =
                post(path + "/candidates", CANDIDATE).statusCode(200).extract().path("revision");
    }

    /** Shadows of all tasks together are limited. */
    @AfterEach
    void remove() {
        given().delete(path).then();
    }

    private String begin(String body) {
        return path + "/shadows/"
                + post(path + "/shadows", body)
                        .statusCode(201)
                        .body("state", equalTo("running"))
                        .body("ready", equalTo(true))
                        .extract()
                        .path("id");
    }

    private JsonPath ask(String... texts) {
        return given().contentType("application/json")
                .body(java.util.Map.of("inputs", List.of(texts)))
                .post(path + "/predictions")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static JsonPath get(String path) {
        return given().get(path).then().statusCode(200).extract().jsonPath();
    }

    private static void awaitAsked(String shadow, int asked) {
        await().atMost(PATIENCE).until(() -> get(shadow).getInt("asked") == asked);
    }

    private void judge(String prediction, String label) {
        post(path + "/feedback", "{\"prediction_id\": \"" + prediction + "\", \"label\": \"" + label + "\"}")
                .statusCode(200);
    }

    @Test
    void shadow_comparesInTheBackground_andListsWhatDiffersWithoutText() {
        String shadow = begin("{}");
        JsonPath reply = ask(DISPUTED, "is my card on its way yet?");
        assertThat(reply.getString("revision")).isEqualTo(serving);
        assertThat(reply.getString("predictions[0].label")).isEqualTo("card_lost");
        assertThat(reply.getMap("predictions[0]")).doesNotContainKeys("revision", "apprentice");
        awaitAsked(shadow, 2);

        given().get(shadow)
                .then()
                .body("task", equalTo(task))
                .body("revision", equalTo(candidate))
                .body("share", equalTo(1.0f))
                .body("canary_answers", equalTo(0))
                .body("dropped", equalTo(0))
                .body("differing", equalTo(1))
                .body("differences", hasSize(1))
                .body("differences[0].serving", equalTo("card_lost"))
                .body("differences[0].candidate", equalTo("card_arrival"))
                .body("differences[0].answers", equalTo(1))
                .body("promote", nullValue())
                .body("feedback.answers", equalTo(0));
        JsonPath view = get(shadow);
        assertThat(view.getDouble("serving.mean_probability")).isBetween(0.0, 1.0);
        assertThat(view.getDouble("candidate.mean_seconds")).isPositive();
        String differences = given().get(shadow + "/differences")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].prediction_id", equalTo(reply.getString("predictions[0].id")))
                .body("items[0].serving.label", equalTo("card_lost"))
                .body("items[0].candidate.label", equalTo("card_arrival"))
                .body("items[0].canary", equalTo(false))
                .extract()
                .asString();
        assertThat(differences).doesNotContain("gone");
        given().get(path + "/shadows").then().statusCode(200).body("items.id", hasSize(1));

        given().delete(shadow)
                .then()
                .statusCode(200)
                .body("state", equalTo("ended"))
                .body("reason", equalTo("ended by hand"));
        given().get(shadow).then().body("asked", equalTo(2)).body("ready", equalTo(false));
        given().get("/v1/audit-events?task=" + task)
                .then()
                .body("items.action", hasItems("shadow.start", "shadow.end"));
        given().get("/q/metrics")
                .then()
                .body(containsString("perennial_shadow_answers_total{outcome=\"other\",task=\"" + task + "\"} 1.0"));
    }

    @Test
    void canary_answersItsShareByTheCandidate_alwaysTheSameTexts() {
        String shadow = begin("{\"canary\": 0.5, \"share\": 0, \"seed\": 7}");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            texts.add("where is card " + i);
        }
        String[] all = texts.toArray(String[]::new);
        List<String> by = ask(all).getList("predictions.revision", String.class);
        assertThat(by).contains(candidate).containsNull();
        assertThat(ask(all).getList("predictions.revision", String.class)).isEqualTo(by);
        long canaries = by.stream().filter(candidate::equals).count();
        assertThat(get(shadow).getLong("canary_answers")).isEqualTo(2 * canaries);

        int canary = by.indexOf(candidate);
        assertThat(ask(all[canary]).getString("revision")).isEqualTo(candidate);
        assertThat(ask(all[by.indexOf(null)]).getString("revision")).isEqualTo(serving);
        given().contentType("application/x-ndjson")
                .body(("\"" + all[canary] + "\"\n").getBytes(StandardCharsets.UTF_8))
                .post(path + "/predictions")
                .then()
                .statusCode(200)
                .body(containsString(candidate));
        post("/v1/predictions", "{\"tasks\": [\"" + task + "\"], \"inputs\": [\"" + all[canary] + "\"]}")
                .statusCode(200)
                .body("answers[0].revision", equalTo(candidate));
        post(path + "/predictions", "{\"inputs\": [\"" + all[canary] + "\"], \"min_revision\": \"" + serving + "\"}")
                .statusCode(200)
                .body("revision", equalTo(serving));
    }

    @Test
    void rule_promotesByFeedback_throughTheAlias() {
        String shadow = begin("{\"promote\": {\"answers\": 3, \"feedback\": 3}}");
        List<String> arriving = List.of(DISPUTED, "where is the card you sent", "is my card on its way yet?");
        for (int i = 0; i < 3; i++) {
            String prediction = ask(arriving.get(i)).getString("predictions[0].id");
            awaitAsked(shadow, i + 1);
            judge(prediction, "card_arrival");
        }
        await().atMost(PATIENCE).until(() -> !get(shadow).getString("state").equals("running"));

        given().get(shadow)
                .then()
                .body("state", equalTo("promoted"))
                .body("feedback.answers", equalTo(3))
                .body("reason", equalTo("promoted by its rule"));
        assertThat(ask("hello").getString("revision")).isEqualTo(candidate);
        given().get(path + "/aliases/serving/history").then().body("items[0].revision", equalTo(candidate));
        given().get("/v1/audit-events?task=" + task).then().body("items.action", hasItem("shadow.promote"));
    }

    @Test
    void rule_asksTheGate_andSaysWhyItDoesNotPromote() {
        problem(post(path + "/shadows", "{\"promote\": {\"gate\": true}}"), 409, "conflict")
                .body("detail", containsString("suite"));
        put(
                        path + "/suite",
                        "{\"examples\": [{\"text\": \"my card is gone\", \"label\": \"card_lost\"},"
                                + "{\"text\": \"my card is gone!\", \"label\": \"card_lost\"}]}")
                .statusCode(201);
        String shadow = begin("{\"promote\": {\"gate\": true}}");
        await().atMost(PATIENCE).until(() -> get(shadow).getString("objection") != null);

        given().get(shadow)
                .then()
                .body("state", equalTo("running"))
                .body("objection", containsString("gate: accuracy"));
        assertThat(ask(DISPUTED).getString("revision")).isEqualTo(serving);
    }

    @Test
    void erasingWhatTheCandidateLearnt_endsIt() {
        String shadow = begin("{\"canary\": 1}");
        assertThat(ask(DISPUTED).getString("revision")).isEqualTo(candidate);
        String example = get(path + "/examples").getString("items[0].id");
        String next = given().delete(path + "/examples/" + example)
                .then()
                .statusCode(200)
                .extract()
                .path("revision");

        assertThat(ask(DISPUTED).getString("revision")).isEqualTo(next);
        await().atMost(PATIENCE).until(() -> get(shadow).getString("state").equals("ended"));
        given().get(shadow).then().body("reason", containsString("erased"));
    }

    @Test
    void whatMakesNoSense_isRefused() {
        String shadows = path + "/shadows";
        for (String wrong : List.of(
                "{\"share\": 1.5}",
                "{\"canary\": -0.1}",
                "{\"share\": 0}",
                "{\"revision\": \"nobody\"}",
                "{\"promote\": {}}",
                "{\"promote\": {\"answers\": 100}}",
                "{\"promote\": {\"feedback\": -1}}",
                "{\"promote\": {\"feedback\": 1}, \"share\": 0, \"canary\": 1}",
                "{\"unknown\": 1}")) {
            problem(post(shadows, wrong), 422, "invalid");
        }
        problem(post(shadows, "{\"revision\": \"serving\"}"), 409, "conflict");
        problem(post("/v1/tasks/none-" + task + "/shadows", "{}"), 404, "not-found");
        problem(given().get(shadows + "/sh_0000").then(), 404, "not-found");
        problem(given().get(shadows + "/Not-an-id").then(), 404, "not-found");

        String first = given().contentType("application/json")
                .header("Idempotency-Key", task)
                .body(ShadowExamples.SHADOW)
                .post(shadows)
                .then()
                .statusCode(201)
                .body("promote.feedback", equalTo(50))
                .extract()
                .asString();
        String again = given().contentType("application/json")
                .header("Idempotency-Key", task)
                .body(ShadowExamples.SHADOW)
                .post(shadows)
                .then()
                .statusCode(201)
                .header("Idempotent-Replayed", equalTo("true"))
                .extract()
                .asString();
        assertThat(again).isEqualTo(first);
        problem(post(shadows, "{}"), 409, "conflict");
    }

    @Test
    void apprentice_answersSilentlyOnEveryRoute_untilFeedbackSaysItIsGood() {
        String apprenticeship = path + "/apprenticeship";
        problem(given().get(apprenticeship).then(), 404, "not-found");
        put(apprenticeship, ShadowExamples.APPRENTICESHIP).statusCode(201).body("state", equalTo("running"));
        put(apprenticeship, "{\"accuracy\": 0.2, \"feedback\": 3}").statusCode(200);

        given().contentType("application/json")
                .body("{\"inputs\": [\"" + DISPUTED + "\"], \"explain\": true}")
                .post(path + "/predictions")
                .then()
                .statusCode(200)
                .body("revision", equalTo(serving))
                .body("predictions[0].apprentice", equalTo(true))
                .body("predictions[0].label", nullValue())
                .body("predictions[0].abstained", equalTo(true))
                .body("predictions[0].probability", nullValue())
                .body("predictions[0].labels", empty())
                .body("predictions[0].label_set", empty())
                .body("predictions[0].members", nullValue())
                .body("predictions[0].neighbours", nullValue());
        given().contentType("application/x-ndjson")
                .body(("\"" + DISPUTED + "\"\n").getBytes(StandardCharsets.UTF_8))
                .post(path + "/predictions")
                .then()
                .statusCode(200)
                .body(containsString("\"apprentice\":true"))
                .body(not(containsString("card_lost")));
        post("/v1/predictions", "{\"tasks\": [\"" + task + "\"], \"inputs\": [\"" + DISPUTED + "\"]}")
                .statusCode(200)
                .body("answers[0].predictions[0].apprentice", equalTo(true))
                .body("answers[0].predictions[0].label", nullValue());
        String instruction = "Which colour has the balloon of " + task + "?";
        put(path, Examples.CLASSIFICATION.replace("Which banking intent does this message express?", instruction))
                .statusCode(200);
        post("/v1/predictions", "{\"instruction\": \"" + instruction + "\", \"inputs\": [\"" + DISPUTED + "\"]}")
                .statusCode(200)
                .body("task", equalTo(task))
                .body("predictions[0].apprentice", equalTo(true))
                .body("predictions[0].label", nullValue());
        given().get(apprenticeship).then().body("answers", equalTo(4)).body("judged", equalTo(0));

        for (int i = 0; i < 3; i++) {
            assertThat(get(apprenticeship).getString("state")).isEqualTo("running");
            judge(ask(DISPUTED).getString("predictions[0].id"), "card_lost");
        }
        given().get(apprenticeship)
                .then()
                .body("state", equalTo("promoted"))
                .body("judged", equalTo(3))
                .body("right", equalTo(3))
                .body("reason", containsString("feedback"));
        JsonPath aloud = ask(DISPUTED);
        assertThat(aloud.getString("predictions[0].label")).isEqualTo("card_lost");
        assertThat(aloud.getMap("predictions[0]")).doesNotContainKey("apprentice");
        given().get("/v1/audit-events?task=" + task)
                .then()
                .body("items.action", hasItems("apprenticeship.start", "apprenticeship.promote"));
    }

    @Test
    void apprentice_endsByItsSuite_orByHand() {
        String apprenticeship = path + "/apprenticeship";
        for (String wrong : List.of(
                "{}", "{\"accuracy\": 1}", "{\"accuracy\": 0.5, \"feedback\": 0}", "{\"accuracy\": 0.5, \"x\": 1}")) {
            problem(put(apprenticeship, wrong), 422, "invalid");
        }
        put(apprenticeship, "{\"accuracy\": 0.9}").statusCode(201).body("feedback", equalTo(30));
        given().delete(apprenticeship).then().statusCode(200).body("state", equalTo("ended"));
        assertThat(ask(DISPUTED).getString("predictions[0].label")).isEqualTo("card_lost");

        put(
                        path + "/suite",
                        EvaluationExamples.SUITE
                                .replace("my card was stolen on the train", "somebody stole my card again")
                                .replace("the new card is not here yet", "is my card on its way"))
                .statusCode(201);
        put(apprenticeship, "{\"accuracy\": 0.05, \"feedback\": 2, \"gate\": true}")
                .statusCode(201);
        await().atMost(PATIENCE)
                .until(() -> get(apprenticeship)
                        .getString("state")
                        .toLowerCase(Locale.ROOT)
                        .equals("promoted"));
        given().get(apprenticeship).then().body("reason", containsString("suite"));
    }
}
