// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slips that people make, and that the reply puts a finger on. */
@QuarkusTest
final class PlainWordsIT {
    private final String task = Http.uniqueTask();

    @BeforeEach
    void define() {
        Http.awaitReady();
        put("/v1/tasks/" + task, "{\"kind\":\"classification\",\"input\":\"text\",\"labels\":[\"yes\",\"no\"]}")
                .statusCode(201);
    }

    @Test
    void labels_mayBeNamesAlone() {
        given().get("/v1/tasks/" + task).then().body("labels.name", equalTo(java.util.List.of("yes", "no")));
        post(
                        "/v1/predictions",
                        "{\"instruction\":\"agreed?\",\"labels\":[\"agree\",{\"name\":\"refuse\"}],\"inputs\":[\"fine\"]}")
                .statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"inputs\":\"hello\"};must be an array",
                "{\"inputs\":[5]};must be a string or an object",
                "{\"inputs\":[\"x\"],\"top_k\":0};whole number",
                "{\"inputs\":[\"x\"],\"top_k\":99999999999};a whole number; this one is out of range",
                "{\"inputs\":[\"x\"];it ends too early"
            })
    void wrongQuestion_isToldWhatIsWrong(String body, String words) {
        post("/v1/tasks/" + task + "/predictions", body).body("detail", containsString(words));
    }

    @Test
    void examplesThatAreCutOff_areToldSo() {
        problem(
                        post("/v1/tasks/" + task + "/examples", "{\"examples\":[{\"text\":\"x\",\"label\":\"yes\"}"),
                        400,
                        "unparsable")
                .body("detail", containsString("it ends too early"));
    }

    @Test
    void unknownColumn_isToldByItsPosition() {
        problem(
                        given().contentType("text/csv; charset=utf-8")
                                .body("text,lable\nx,yes\n")
                                .post("/v1/tasks/" + task + "/examples")
                                .then(),
                        422,
                        "invalid")
                .body("detail", allOf(containsString("Column 2"), containsString("label")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u200b", "\\ufeff\\u2060", "\\u0007", " \\t\\n\\u00a0", "\\udb40\\udc41"})
    void textThatNobodyCanSee_isRefused(String invisible) {
        post("/v1/tasks/" + task + "/examples", "{\"examples\":[{\"text\":\"" + invisible + "\",\"label\":\"yes\"}]}")
                .body("taught", equalTo(0))
                .body("rejected[0].detail", containsString("visible"));
    }

    @Test
    void confusionsOfAnUnknownLabel_nameIt() {
        problem(given().get("/v1/tasks/" + task + "/confusions/yes/maybe").then(), 404, "not-found")
                .body("detail", containsString("maybe"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zzz", "***", "AAAA"})
    void cursorThatIsNotOurs_isRefused(String cursor) {
        for (String list : new String[] {"/v1/tasks", "/v1/jobs", "/v1/tasks/" + task + "/examples"}) {
            problem(given().queryParam("cursor", cursor).get(list).then(), 422, "invalid")
                    .body("detail", containsString("next_cursor"));
        }
    }

    @Test
    void whatTheClientHas_isNotSentAgain() {
        for (String path : new String[] {"/v1/tasks/" + task, "/v1/tasks/" + task + "/policy"}) {
            String tag = given().get(path).header("ETag");
            given().header("If-None-Match", tag)
                    .get(path)
                    .then()
                    .statusCode(304)
                    .header("ETag", tag)
                    .body(emptyString());
            given().header("If-None-Match", "\"rev_0\"").get(path).then().statusCode(200);
        }
    }
}
