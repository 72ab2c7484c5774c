// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Revisions and aliases over HTTP. */
@QuarkusTest
final class RevisionHttpIT {

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void rollBackAndForth_answersAsThenUnderTheSameRevision() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        Map<String, Object> before = answer(task);
        String second = teach(task, "the card never came", "card_lost", "I lost the wallet", "card_arrival");
        Map<String, Object> after = answer(task);
        assertThat(after.get("probability")).isNotEqualTo(before.get("probability"));

        String produced = put(alias(task, "serving"), "{\"revision\": \"" + first + "\"}")
                .statusCode(200)
                .body("alias", equalTo("serving"))
                .body("revision", equalTo(first))
                .body("differences", empty())
                .extract()
                .path("task_revision");
        assertThat(produced).isGreaterThan(second);
        assertThat(answer(task)).isEqualTo(before);
        given().get("/v1/tasks/" + task + "/examples").then().body("items", org.hamcrest.Matchers.hasSize(2));
        given().contentType("application/json")
                .body("{\"inputs\": [\"my card\"], \"min_revision\": \"" + produced + "\"}")
                .post("/v1/tasks/" + task + "/predictions")
                .then()
                .statusCode(200)
                .body("revision", equalTo(first));

        put(alias(task, "serving"), "{\"revision\": \"" + second + "\"}")
                .statusCode(200)
                .body("revision", equalTo(second));
        assertThat(answer(task)).isEqualTo(after);
        given().get(alias(task, "serving") + "/history")
                .then()
                .statusCode(200)
                .body("items.revision", contains(second, first));
    }

    @Test
    void revisions_areListedWithWhatAnsweredByThem() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        put(alias(task, "good"), "{\"revision\": \"serving\"}").statusCode(200).body("revision", equalTo(first));

        given().get("/v1/tasks/" + task + "/revisions")
                .then()
                .statusCode(200)
                .body("items.cause", contains("teach", "define"))
                .body("items[0].id", equalTo(first))
                .body("items[0].serving", equalTo(true))
                .body("items.lost", contains(false, false))
                .body("items[0].aliases", contains("good", "serving"))
                .body("items[0].examples", equalTo(2))
                .body("items[0].digest", notNullValue())
                .body("items[1].parent", nullValue())
                .body("next_cursor", nullValue());
        String cursor = given().get("/v1/tasks/" + task + "/revisions?limit=1")
                .then()
                .body("items.id", contains(first))
                .extract()
                .path("next_cursor");
        given().get("/v1/tasks/" + task + "/revisions?limit=1&cursor=" + cursor)
                .then()
                .body("items.cause", contains("define"))
                .body("next_cursor", nullValue());
        given().get("/v1/tasks/" + task + "/revisions/good").then().body("id", equalTo(first));
        given().post("/v1/tasks/" + task + "/revisions/" + first + "/rebuilds")
                .then()
                .statusCode(200)
                .body("same", equalTo(true))
                .body("differences", empty());
    }

    @Test
    void diff_saysWhatCameWhatWentAndWhatIsAnsweredDifferently() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        String second = teach(task, "the card never came", "card_lost", "I lost the wallet", "card_arrival");
        put("/v1/tasks/" + task + "/policy", Examples.POLICY.replace("0.9", "0.8"))
                .statusCode(200);

        given().get("/v1/tasks/" + task + "/revisions/" + first + "/diff/serving")
                .then()
                .statusCode(200)
                .body("from", equalTo(first))
                .body("examples_added.total", equalTo(2))
                .body("examples_added.items.text", hasItem("the card never came"))
                .body("examples_removed.total", equalTo(0))
                .body("settings.field", contains("target_coverage"))
                .body("settings[0].from", equalTo(0.9f))
                .body("settings[0].to", equalTo(0.8f))
                .body("members", nullValue())
                .body("answers.compared", equalTo(4));
        given().get("/v1/tasks/" + task + "/revisions/" + second + "/diff/" + first)
                .then()
                .body("examples_removed.total", equalTo(2))
                .body("examples_added.total", equalTo(0));
    }

    @Test
    void goingBackToWhatIsErased_isRefusedUnlessSaidAnyhow() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        String erased =
                given().get("/v1/tasks/" + task + "/examples").then().extract().path("items[0].id");
        given().delete("/v1/tasks/" + task + "/examples/" + erased).then().statusCode(200);

        problem(put(alias(task, "serving"), "{\"revision\": \"" + first + "\"}"), 409, "conflict")
                .body("detail", containsString("erased"));
        put(alias(task, "serving"), "{\"revision\": \"" + first + "\", \"anyhow\": true}")
                .statusCode(200)
                .body("differences", org.hamcrest.Matchers.hasSize(1))
                .body("revision", org.hamcrest.Matchers.greaterThan(first));
    }

    @Test
    void candidate_servesOnlyWhenTheGateLetsIt() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        Map<String, Object> before = answer(task);
        problem(given().post("/v1/tasks/" + task + "/revisions/serving/gates").then(), 404, "not-found");
        put("/v1/tasks/" + task + "/suite", Examples.TEACHING).statusCode(201);

        String wrong = given().contentType("application/json")
                .body(Examples.TEACHING
                        .replace("card_lost", "X")
                        .replace("card_arrival", "card_lost")
                        .replace("X", "card_arrival"))
                .post("/v1/tasks/" + task + "/candidates")
                .then()
                .statusCode(200)
                .extract()
                .path("revision");
        assertThat(answer(task)).isEqualTo(before);
        given().get(alias(task, "candidate")).then().body("revision", equalTo(wrong));
        given().post("/v1/tasks/" + task + "/revisions/candidate/gates")
                .then()
                .statusCode(200)
                .body("passed", equalTo(false))
                .body("serving", equalTo(first))
                .body("candidate", equalTo(wrong))
                .body("rows", equalTo(4))
                .body("checks.name", hasItem("accuracy"));
        problem(put(alias(task, "serving"), "{\"revision\": \"candidate\", \"gate\": true}"), 409, "conflict")
                .body("detail", containsString("accuracy"));
        assertThat(answer(task)).isEqualTo(before);

        String right = given().contentType("application/json")
                .body(Examples.TEACHING)
                .post("/v1/tasks/" + task + "/candidates?onward=false")
                .then()
                .statusCode(200)
                .extract()
                .path("revision");
        put(alias(task, "serving"), "{\"revision\": \"candidate\", \"gate\": true}")
                .statusCode(200)
                .body("revision", equalTo(right))
                .body("gate.passed", equalTo(true));
        assertThat(answer(task)).isNotEqualTo(before);
        problem(
                given().contentType("application/json")
                        .body(Examples.TEACHING)
                        .post("/v1/tasks/" + task + "/candidates?onward=perhaps")
                        .then(),
                422,
                "invalid");
    }

    @Test
    void aliases_changeOnlyWhereTheyNameWhatIsExpected() {
        String task = defined();
        String first = teach(task, "where is my new card", "card_arrival", "my card is gone", "card_lost");
        String second = teach(task, "it is under the bed", "card_lost", "by which post", "card_arrival");
        for (String alias : List.of("mine", "serving")) {
            put(alias(task, alias), "{\"revision\": \"" + first + "\"}")
                    .statusCode(200)
                    .header("ETag", equalTo(tag(first)));
            given().get(alias(task, alias)).then().statusCode(200).header("ETag", equalTo(tag(first)));
            given().header("If-None-Match", tag(first))
                    .get(alias(task, alias))
                    .then()
                    .statusCode(304);

            problem(putIf(alias(task, alias), "If-Match", tag(second), second), 412, "precondition-failed");
            given().get(alias(task, alias)).then().body("revision", equalTo(first));
            putIf(alias(task, alias), "If-Match", tag(first), second).statusCode(200);
            given().get(alias(task, alias)).then().body("revision", equalTo(second));
        }
        problem(putIf(alias(task, "mine"), "If-None-Match", "*", first), 412, "precondition-failed");
        problem(putIf(alias(task, "fresh"), "If-Match", "*", first), 412, "precondition-failed");
        putIf(alias(task, "fresh"), "If-None-Match", "*", first).statusCode(200);

        problem(
                given().header("If-Match", tag(first))
                        .delete(alias(task, "mine"))
                        .then(),
                412,
                "precondition-failed");
        given().header("If-Match", tag(second))
                .delete(alias(task, "mine"))
                .then()
                .statusCode(200);
    }

    private static String tag(String revision) {
        return "\"" + revision + "\"";
    }

    private static ValidatableResponse putIf(String alias, String header, String tags, String revision) {
        return given().header(header, tags)
                .contentType("application/json")
                .body("{\"revision\": \"" + revision + "\"}")
                .put(alias)
                .then();
    }

    @Test
    void whatIsNoRevisionOrNoAlias_isRefused() {
        String task = defined();
        String other = teach(defined(), "where is my new card", "card_arrival", "my card is gone", "card_lost");
        for (String wrong : List.of("rev_9999999999999999", other, "nobody", "", "rev_1")) {
            problem(put(alias(task, "serving"), "{\"revision\": \"" + wrong + "\"}"), 422, "invalid")
                    .body("errors[0].pointer", equalTo("/revision"));
        }
        problem(put(alias(task, "serving"), "{}"), 422, "invalid");
        problem(put(alias(task, "serving"), "{\"revision\": 5}"), 422, "invalid");
        problem(put(alias(task, "Bad_Name"), "{\"revision\": \"serving\"}"), 422, "invalid");
        problem(given().delete(alias(task, "serving")).then(), 409, "conflict");
        problem(given().delete(alias(task, "none")).then(), 404, "not-found");
        problem(given().get(alias(task, "none")).then(), 404, "not-found");
        problem(given().get("/v1/tasks/" + task + "/revisions/none").then(), 404, "not-found");
        problem(given().get("/v1/tasks/none-" + task + "/revisions").then(), 404, "not-found");
        put(alias(task, "mine"), "{\"revision\": \"serving\"}").statusCode(200);
        given().delete(alias(task, "mine")).then().statusCode(200).body("removed", equalTo("mine"));
        given().get(alias(task, "mine") + "/history").then().statusCode(200).body("items[0].revision", nullValue());
    }

    private static String defined() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        return task;
    }

    private static String alias(String task, String alias) {
        return "/v1/tasks/" + task + "/aliases/" + alias;
    }

    private static String teach(String task, String text, String label, String otherText, String otherLabel) {
        return given().contentType("application/json")
                .body(Map.of(
                        "examples",
                        List.of(Map.of("text", text, "label", label), Map.of("text", otherText, "label", otherLabel))))
                .post("/v1/tasks/" + task + "/examples")
                .then()
                .statusCode(200)
                .extract()
                .path("revision");
    }

    /** Without the prediction's own id. */
    private static Map<String, Object> answer(String task) {
        Map<String, Object> reply = given().contentType("application/json")
                .body("{\"inputs\": [\"has somebody seen my card\"], \"mode\": \"full\"}")
                .post("/v1/tasks/" + task + "/predictions")
                .then()
                .statusCode(200)
                .extract()
                .path("predictions[0]");
        reply.remove("id");
        return reply;
    }
}
