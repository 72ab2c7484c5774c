// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
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
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gates over HTTP: their bounds, and the reports of what they said. */
@QuarkusTest
final class GateHttpIT {
    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    private static String taught() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
        return task;
    }

    private static String withSuite() {
        String task = taught();
        put("/v1/tasks/" + task + "/suite", Examples.TEACHING).statusCode(201);
        return task;
    }

    private static String sabotaged() {
        return Examples.TEACHING
                .replace("card_lost", "X")
                .replace("card_arrival", "card_lost")
                .replace("X", "card_arrival");
    }

    @Test
    void bounds_areSetShownAndTakenBack_andTold() {
        String task = taught();
        String path = "/v1/tasks/" + task + "/gate";

        given().get(path)
                .then()
                .statusCode(200)
                .body("own", empty())
                .body("bounds.recall_rows", equalTo(30))
                .body("bounds.latency_slack_ms", equalTo(5f));
        put(path, EvaluationExamples.GATE)
                .statusCode(200)
                .body("own", contains("recall", "latency_ratio", "latency_slack_ms"))
                .body("bounds.recall", equalTo(0.01f))
                .body("bounds.accuracy", equalTo(0.003f))
                .body("defaults.recall", equalTo(0.02f));
        given().get(path).then().body("bounds.latency_ratio", equalTo(2f));
        given().delete(path).then().statusCode(200).body("own", empty()).body("bounds.recall", equalTo(0.02f));
        given().get("/v1/audit-events?task=" + task)
                .then()
                .body("items.findAll { it.action == 'task.gate' }.size()", equalTo(2));
    }

    @Test
    void boundsThatCannotBe_areRefused() {
        String path = "/v1/tasks/" + taught() + "/gate";

        problem(put(path, "{\"accuracy\": 2, \"recent_rows\": 2001}"), 422, "invalid")
                .body("errors.pointer", contains("/accuracy", "/recent_rows"));
        problem(put(path, "{\"acuracy\": 0.1}"), 422, "invalid");
        problem(given().get("/v1/tasks/none-such/gate").then(), 404, "not-found");
        given().get(path).then().body("own", empty());
    }

    @Test
    void everyReport_isKept_asJsonAndAsAPage() {
        String task = withSuite();
        post("/v1/tasks/" + task + "/candidates", sabotaged()).statusCode(200);

        Map<String, Object> reply = post("/v1/tasks/" + task + "/revisions/candidate/gates", "{}")
                .statusCode(200)
                .body("passed", equalTo(false))
                .body("cause", equalTo("revision"))
                .body("rows", equalTo(4))
                .body("checks.about", hasItems("accuracy", "calibration", "coverage", "cost", "latency", "memory"))
                .body("bounds.accuracy", equalTo(0.003f))
                .extract()
                .path("$");
        String path = "/v1/tasks/" + task + "/gates/" + reply.get("id");

        assertThat(given().get(path).then().statusCode(200).extract().<Map<String, Object>>path("$"))
                .isEqualTo(reply);
        String page = given().accept("text/markdown")
                .get(path)
                .then()
                .statusCode(200)
                .contentType("text/markdown")
                .extract()
                .asString();
        assertThat(page)
                .startsWith("# Gate of task `" + task + "`: refused\n\n**The candidate may not serve.**")
                .contains("## What fails", "## What to do", "| accuracy |", "PUT /v1/tasks/" + task + "/gate");
        given().get("/v1/tasks/" + task + "/gates")
                .then()
                .statusCode(200)
                .body("items.id", contains(reply.get("id")))
                .body("items[0].passed", equalTo(false))
                .body("items[0].failed", hasItem("accuracy"))
                .body("next_cursor", nullValue());
        problem(given().get("/v1/tasks/" + task + "/gates/gate_none").then(), 404, "not-found");
        problem(
                given().get("/v1/tasks/" + taught() + "/gates/" + reply.get("id"))
                        .then(),
                404,
                "not-found");
    }

    @Test
    void promotion_thatIsRefused_namesItsReport_andChangesNothing() {
        String task = withSuite();
        String serving = given().get("/v1/tasks/" + task + "/aliases/serving").path("revision");
        String digest = digest(task, serving);
        post("/v1/tasks/" + task + "/candidates", sabotaged()).statusCode(200);

        String detail = problem(
                        put("/v1/tasks/" + task + "/aliases/serving", "{\"revision\": \"candidate\", \"gate\": true}"),
                        409,
                        "conflict")
                .body("detail", containsString("accuracy"))
                .extract()
                .path("detail");

        List<String> reports = given().get("/v1/tasks/" + task + "/gates").path("items.id");
        assertThat(detail).contains(reports.get(reports.size() - 1));
        assertThat(given().get("/v1/tasks/" + task + "/aliases/serving").<String>path("revision"))
                .isEqualTo(serving);
        assertThat(digest(task, "serving")).isEqualTo(digest);
    }

    private static String digest(String task, String revision) {
        return given().get("/v1/tasks/" + task + "/revisions/" + revision).path("digest");
    }

    @Test
    void gate_isRepeatedByItsKey_andReadsItsBodyStrictly() {
        String task = withSuite();
        String path = "/v1/tasks/" + task + "/revisions/serving/gates";

        String first = given().header("Idempotency-Key", task)
                .post(path)
                .then()
                .statusCode(200)
                .body("passed", equalTo(true))
                .extract()
                .path("id");
        given().header("Idempotency-Key", task)
                .post(path)
                .then()
                .statusCode(200)
                .header("Idempotent-Replayed", "true")
                .body("id", equalTo(first));
        given().get("/v1/tasks/" + task + "/gates").then().body("items.id", contains(first));
        for (String read : List.of(path, "/v1/tasks/" + task + "/revisions/serving/rebuilds")) {
            problem(post(read, "{\"strict\": true}"), 422, "invalid");
            problem(post(read, "{"), 400, "unparsable");
            post(read, "{}").statusCode(200);
            given().post(read).then().statusCode(200);
        }
    }

    @Test
    void gaps_ofWhatIsLearntInSteps_areNone() {
        String task = withSuite();
        post("/v1/tasks/" + task + "/examples", EvaluationExamples.SUITE).statusCode(200);

        given().get("/v1/lifelong?gaps=true&tasks=" + task)
                .then()
                .statusCode(200)
                .body("joint_gap", equalTo(0f))
                .body("parameter_gap", equalTo(0f))
                .body("gaps.task", contains(task))
                .body("gaps[0].rows", equalTo(4))
                .body("gaps[0].same_digest", equalTo(true))
                .body("gaps[0].different_answers", equalTo(0));
        given().get("/v1/lifelong?tasks=" + task)
                .then()
                .body("gaps", nullValue())
                .body("joint_gap", nullValue());
        problem(given().get("/v1/lifelong?gaps=perhaps").then(), 422, "invalid");
    }
}
