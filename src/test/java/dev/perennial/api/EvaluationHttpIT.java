// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Suites and evaluations over HTTP. */
@QuarkusTest
final class EvaluationHttpIT {
    private String task;

    @BeforeEach
    void defineATask() {
        Http.awaitReady();
        task = "/v1/tasks/" + uniqueTask();
        put(task, Examples.CLASSIFICATION).statusCode(201);
        post(task + "/examples", Examples.TEACHING).statusCode(200);
    }

    private void storeSuite() {
        put(task + "/suite", EvaluationExamples.SUITE).statusCode(201);
    }

    @Test
    void suite_isStoredReplacedAndRemoved() {
        given().get(task + "/suite").then().statusCode(404);
        String first = put(task + "/suite", EvaluationExamples.SUITE)
                .statusCode(201)
                .body("rows", equalTo(2))
                .body("labels", hasItems("card_lost", "card_arrival"))
                .body("taught", equalTo(0))
                .extract()
                .path("revision");
        put(task + "/suite", EvaluationExamples.SUITE).statusCode(200).body("revision", equalTo(first));
        given().get(task + "/suite/rows?limit=1")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].text", equalTo("my card was stolen on the train"));
        String cursor = given().get(task + "/suite/rows?limit=1").path("next_cursor");
        given().get(task + "/suite/rows?limit=1&cursor=" + cursor)
                .then()
                .body("items[0].external_id", equalTo("s-2"))
                .body("next_cursor", nullValue());

        given().contentType("text/csv")
                .body("text,label\nmy card is gone,card_lost\n")
                .put(task + "/suite")
                .then()
                .statusCode(200)
                .body("rows", equalTo(1))
                .body("taught", equalTo(1));

        given().delete(task + "/suite").then().statusCode(200).body("removed", equalTo(task.substring(10)));
        given().delete(task + "/suite").then().statusCode(404);
    }

    @Test
    void suite_takesAllRowsOrNone() {
        put(task + "/suite", "{\"examples\": [{\"text\": \"a\", \"label\": \"card_lost\"}, {\"text\": \"b\"}]}")
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/examples/1"));
        put(task + "/suite", "{\"examples\": []}").statusCode(422);
        put(task + "/suite", "{\"examples\": [{\"text\": \"a\", \"label\": \"card_lost\", \"source\": \"crowd\"}]}")
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/examples/0/source"));
        given().get(task + "/suite").then().statusCode(404);
    }

    @Test
    void evaluation_ofExamples_isReportedKeptAndDrawn() {
        Response reply = given().contentType("application/json")
                .body(EvaluationExamples.EVALUATION)
                .post(task + "/evaluations");
        assertThat(reply.statusCode()).as(reply.asString()).isEqualTo(200);
        JsonPath report = reply.jsonPath();
        assertThat(report.getInt("rows")).isEqualTo(2);
        assertThat(report.getDouble("figures.accuracy")).isBetween(0.0, 1.0);
        assertThat(report.getDouble("figures.target_coverage")).isEqualTo(0.9);
        assertThat(report.getList("modes.mode", String.class)).containsExactly("auto", "full", "fast");
        assertThat(report.getList("slices.name", String.class)).contains("typos", "upper case");
        assertThat(report.getList("members.member", String.class)).contains("joint");
        assertThat(reply.asString()).doesNotContain("stolen on the train");

        String id = report.getString("id");
        given().get(task + "/evaluations/" + id)
                .then()
                .statusCode(200)
                .body("figures.accuracy", equalTo(report.get("figures.accuracy")));
        given().get(task + "/evaluations")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].id", equalTo(id));
        for (String picture : report.getMap("plots", String.class, String.class).values()) {
            given().get(picture)
                    .then()
                    .statusCode(200)
                    .contentType("image/svg+xml")
                    .body(containsString("<svg"));
        }
    }

    @Test
    void evaluation_ofTheSuite_namesIt_alsoByAJob() {
        storeSuite();
        String digest = given().get(task + "/suite").path("digest");
        post(task + "/evaluations", "{\"suite\": true}").statusCode(200).body("suite", equalTo(digest));

        String location = given().contentType("application/json")
                .header("Prefer", "respond-async")
                .header("Idempotency-Key", "once")
                .body("{\"suite\": true}")
                .post(task + "/evaluations")
                .then()
                .statusCode(202)
                .extract()
                .header("Location");
        await().untilAsserted(() -> given().get(location)
                .then()
                .body("status", equalTo("succeeded"))
                .body("result.suite", equalTo(digest))
                .body("result.latency.p50", greaterThan(0f)));
        given().get(task + "/evaluations").then().body("items", hasSize(2));
    }

    @Test
    void evaluation_isDoneOnceForOneKey() {
        for (int i = 0; i < 2; i++) {
            given().contentType("application/json")
                    .header("Idempotency-Key", "k")
                    .body(EvaluationExamples.EVALUATION)
                    .post(task + "/evaluations")
                    .then()
                    .statusCode(200);
        }
        given().get(task + "/evaluations").then().body("items", hasSize(1));
    }

    @Test
    void evaluation_ofMoreAnswersThanThereIsRoomFor_isRefused() {
        String labels = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"name\": \"l" + i + "\"}")
                .collect(Collectors.joining(", "));
        String rows = IntStream.range(0, 2001)
                .mapToObj(i -> "{\"text\": \"row " + i + "\", \"label\": \"l1\"}")
                .collect(Collectors.joining(", "));
        put("/v1/tasks/wide", "{\"kind\": \"classification\", \"input\": \"text\", \"labels\": [" + labels + "]}")
                .statusCode(201);

        post("/v1/tasks/wide/evaluations", "{\"examples\": [" + rows + "]}")
                .statusCode(413)
                .body("limit", equalTo(2_000_000))
                .body("actual", equalTo(2_001_000));

        given().delete("/v1/tasks/wide").then().statusCode(200);
    }

    @Test
    void evaluation_thatCannotBeDone_isRefused() {
        post(task + "/evaluations", "{\"suite\": true}").statusCode(404);
        post(task + "/evaluations", "{}").statusCode(422);
        post(task + "/evaluations", "{\"examples\": []}").statusCode(422);
        post(task + "/evaluations", "{\"examples\": [{\"text\": \"x\"}]}")
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/examples/0"));
        given().get(task + "/evaluations/eval_0000").then().statusCode(404);
    }
}
