// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks and policies over HTTP. */
@QuarkusTest
final class TaskHttpIT {

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void define_isCreatedThenReplaced() {
        String task = uniqueTask();

        String first = put("/v1/tasks/" + task, Examples.CLASSIFICATION)
                .statusCode(201)
                .body("id", equalTo(task))
                .body("kind", equalTo("classification"))
                .body("input", equalTo("text"))
                .body("labels.name", contains("card_lost", "card_arrival"))
                .body("policy.target_coverage", equalTo(0.9f))
                .body("examples_total", equalTo(0))
                .extract()
                .path("revision");
        assertThat(first).matches("rev_[0-9]{16}");

        String second = put("/v1/tasks/" + task, "{\"kind\": \"classification\"}")
                .statusCode(200)
                .extract()
                .path("revision");
        assertThat(second).isGreaterThan(first);
        given().get("/v1/tasks/" + task).then().statusCode(200).header("ETag", equalTo("\"" + second + "\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"kind\": \"ranking\"}; /kind",
                "{}; /kind",
                "{\"kind\": 7}; /kind",
                "{\"kind\": \"classification\", \"input\": \"image\"}; /input",
                "{\"kind\": \"classification\", \"colour\": \"red\"}; /colour",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\"}, {\"name\": \"\"}]}; /labels/1/name",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}; /labels/1/name",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"Ab\"}, {\"name\": \"aB\"}]}; /labels/1/name",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\", \"weight\": 1}]}; /labels/0/weight",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\\u0000\"}]}; /labels/0/name",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\\ud800\"}]}; /labels/0/name",
                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"a\\nb\"}]}; /labels/0/name",
                "{\"kind\": \"classification\", \"labels\": [null]}; /labels/0",
                "{\"kind\": \"classification\", \"labels\": \"a\"}; /labels",
                "{\"kind\": \"classification\", \"instruction\": \"\\u0000\"}; /instruction",
                "{\"kind\": \"classification\", \"score_range\": [0, 1]}; /score_range",
                "{\"kind\": \"regression\"}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [1, 1]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [0]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [0, \"1\"]}; /score_range/1",
                "{\"kind\": \"regression\", \"score_range\": [0, \"NaN\"]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [0, 1e999]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [0, null]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [-1e13, 0]}; /score_range",
                "{\"kind\": \"regression\", \"score_range\": [0, 1], \"labels\": [{\"name\": \"a\"}]}; /labels"
            })
    void define_wrongMember_isRefusedWithItsPointer(String body, String pointer) {
        problem(put("/v1/tasks/" + uniqueTask(), body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @ParameterizedTest
    @CsvSource({"Upper", "a_b", "-a", "a.b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void define_wrongName_isRefused(String name) {
        problem(put("/v1/tasks/" + name, Examples.CLASSIFICATION), 422, "invalid");
        problem(given().get("/v1/tasks/" + name).then(), 404, "not-found");
    }

    @Test
    void define_spellingThatExamplesDoNotHave_isRefused() {
        String path = "/v1/tasks/" + uniqueTask();
        String definition = "{\"kind\": \"classification\", \"labels\": [{\"name\": \"%s\"}, {\"name\": \"other\"}]}";
        put(path, definition.formatted("billing")).statusCode(201);
        teach(path, "{\"text\": \"the bill\", \"label\": \"billing\"}").body("taught", equalTo(1));

        problem(put(path, definition.formatted("Billing")), 422, "invalid")
                .body("errors.pointer", hasItem("/labels/0/name"));
        put(path, definition.formatted("billing")).statusCode(200);
    }

    @Test
    void examplesTotal_countsEqualTextsOfDifferentRecords_alsoWhenNothingIsTaught() {
        String path = "/v1/tasks/" + uniqueTask();
        put(path, "{\"kind\": \"classification\"}").statusCode(201);
        teach(path, "{\"text\": \"p\", \"label\": \"a\"}").body("examples_total", equalTo(1));
        teach(path, "{\"text\": \"p\", \"label\": \"a\", \"external_id\": \"q\"}")
                .body("examples_total", equalTo(2));
        teach(path, "").body("examples_total", equalTo(2));
    }

    @Test
    void taskThatComesBack_isTaughtAnewUnderAnOldKey() {
        String task = uniqueTask();
        String path = "/v1/tasks/" + task;
        for (int life = 0; life < 2; life++) {
            put(path, "{\"kind\": \"classification\"}").statusCode(201);
            given().contentType("application/json")
                    .header("Idempotency-Key", "loader-" + task)
                    .body("{\"examples\": [{\"text\": \"p\", \"label\": \"a\"}]}")
                    .post(path + "/examples")
                    .then()
                    .statusCode(200)
                    .header("Idempotent-Replayed", nullValue());
            given().get(path).then().body("examples_total", equalTo(1));
            given().delete(path).then().statusCode(200);
        }
    }

    private static ValidatableResponse teach(String path, String row) {
        return given().contentType("application/json")
                .body("{\"examples\": [" + row + "]}")
                .post(path + "/examples")
                .then()
                .statusCode(200);
    }

    @Test
    void define_tooManyLabels_namesTheLimit() {
        StringBuilder labels = new StringBuilder("{\"kind\": \"classification\", \"labels\": [");
        for (int i = 0; i <= 1000; i++) {
            labels.append(i == 0 ? "" : ",").append("{\"name\": \"l").append(i).append("\"}");
        }
        problem(put("/v1/tasks/" + uniqueTask(), labels.append("]}").toString()), 413, "too-large")
                .body("limit", equalTo(1000))
                .body("actual", equalTo(1001));
    }

    @Test
    void aLabelsNameThatIsTooLong_namesTheLimit() {
        String name = "l".repeat(201);
        String task = uniqueTask();
        problem(
                        put(
                                "/v1/tasks/" + task,
                                "{\"kind\": \"classification\", \"labels\": [{\"name\": \"" + name + "\"}]}"),
                        413,
                        "too-large")
                .body("limit", equalTo(200))
                .body("actual", equalTo(201));
    }

    @Test
    void ifMatch_staleRevision_isRefused() {
        String task = uniqueTask();
        String tag = put("/v1/tasks/" + task, Examples.CLASSIFICATION).extract().header("ETag");
        given().header("If-Match", tag)
                .contentType("application/json")
                .body("{\"kind\": \"classification\"}")
                .put("/v1/tasks/" + task)
                .then()
                .statusCode(200);

        problem(
                given().header("If-Match", tag)
                        .contentType("application/json")
                        .body(Examples.CLASSIFICATION)
                        .put("/v1/tasks/" + task)
                        .then(),
                412,
                "precondition-failed");
        problem(given().header("If-Match", tag).delete("/v1/tasks/" + task).then(), 412, "precondition-failed");
        problem(
                given().header("If-None-Match", "*")
                        .contentType("application/json")
                        .body(Examples.CLASSIFICATION)
                        .put("/v1/tasks/" + task)
                        .then(),
                412,
                "precondition-failed");
        problem(
                given().header("If-Match", "*")
                        .contentType("application/json")
                        .body(Examples.CLASSIFICATION)
                        .put("/v1/tasks/" + uniqueTask())
                        .then(),
                412,
                "precondition-failed");
    }

    @Test
    void ifMatch_ofConcurrentChanges_letsOneThrough() {
        String task = uniqueTask();
        String tag = put("/v1/tasks/" + task, Examples.CLASSIFICATION).extract().header("ETag");
        List<CompletableFuture<Integer>> changes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String body = "{\"kind\": \"classification\", \"instruction\": \"question " + i + "\"}";
            changes.add(CompletableFuture.supplyAsync(() -> given().header("If-Match", tag)
                    .contentType("application/json")
                    .body(body)
                    .put("/v1/tasks/" + task)
                    .statusCode()));
        }

        assertThat(changes.stream().map(CompletableFuture::join).toList())
                .containsOnly(200, 412)
                .containsOnlyOnce(200);
    }

    @Test
    void remove_forgetsTheTask() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);

        given().delete("/v1/tasks/" + task)
                .then()
                .statusCode(200)
                .body("revision", startsWith("rev_"))
                .body("removed", equalTo(task));
        problem(given().get("/v1/tasks/" + task).then(), 404, "not-found");
        problem(given().delete("/v1/tasks/" + task).then(), 404, "not-found");
    }

    @Test
    void list_pagesAreCompleteAndStable() {
        String prefix = uniqueTask();
        for (int i = 0; i < 5; i++) {
            put("/v1/tasks/" + prefix + "-" + i, Examples.CLASSIFICATION).statusCode(201);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            var page = given().queryParam("limit", 2)
                    .queryParam("cursor", cursor)
                    .get("/v1/tasks")
                    .then()
                    .statusCode(200)
                    .extract();
            List<String> ids = page.path("items.id");
            assertThat(ids).hasSizeLessThanOrEqualTo(2);
            seen.addAll(ids);
            cursor = page.path("next_cursor");
        }
        assertThat(seen).doesNotHaveDuplicates().isSorted().contains(prefix + "-0", prefix + "-4");
    }

    @ParameterizedTest
    @CsvSource({"limit,0", "limit,1001", "limit,ten", "limit,-1", "cursor,%%%"})
    void list_wrongPage_isRefused(String parameter, String value) {
        problem(given().queryParam(parameter, value).get("/v1/tasks").then(), 422, "invalid");
    }

    @Test
    void policy_isReplacedAndSurvivesAnotherDefinition() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        put(
                        "/v1/tasks/" + task + "/policy",
                        "{\"target_coverage\": 0.8, \"abstain_cost\": 0.3, \"error_costs\": {\"card_lost\": {\"card_arrival\": 5}},"
                                + " \"max_source_share\": 0.25, \"drifts\": true}")
                .statusCode(200)
                .body("max_source_share", equalTo(0.25f))
                .body("drifts", equalTo(true))
                .body("target_coverage", equalTo(0.8f))
                .body("cascade_risk", equalTo(0.01f))
                .body("min_probability", nullValue())
                .body("error_costs.card_lost.card_arrival", equalTo(5.0f))
                .body("revision", startsWith("rev_"));

        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(200).body("policy.abstain_cost", equalTo(0.3f));
        given().get("/v1/tasks/" + task + "/policy").then().statusCode(200).body("target_coverage", equalTo(0.8f));
        put("/v1/tasks/" + task + "/policy", Examples.POLICY)
                .statusCode(200)
                .body("abstain_cost", nullValue())
                .body("max_source_share", nullValue())
                .body("drifts", equalTo(false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"target_coverage\": 1}; /target_coverage",
                "{\"target_coverage\": 0}; /target_coverage",
                "{\"target_coverage\": \"NaN\"}; /target_coverage",
                "{\"target_coverage\": \"0.9\"}; /target_coverage",
                "{\"min_probability\": -0.1}; /min_probability",
                "{\"cascade_risk\": 1}; /cascade_risk",
                "{\"abstain_cost\": -1}; /abstain_cost",
                "{\"abstain_cost\": 1e999}; /abstain_cost",
                "{\"error_costs\": {\"card_lost\": {\"card_lots\": 5}}}; /error_costs",
                "{\"error_costs\": {\"card_lots\": {}}}; /error_costs",
                "{\"error_costs\": {\"a\": {\"b\": -1}}}; /error_costs",
                "{\"error_costs\": {\"a\": null}}; /error_costs",
                "{\"error_costs\": {\"a\": {\"b\": null}}}; /error_costs",
                "{\"error_costs\": []}; /error_costs",
                "{\"max_source_share\": 0}; /max_source_share",
                "{\"max_source_share\": 1.1}; /max_source_share",
                "{\"drifts\": \"yes\"}; /drifts",
                "{\"coverage\": 0.9}; /coverage"
            })
    void policy_wrongMember_isRefusedWithItsPointer(String body, String pointer) {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);

        problem(put("/v1/tasks/" + task + "/policy", body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }
}
