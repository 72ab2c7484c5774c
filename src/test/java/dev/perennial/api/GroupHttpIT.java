// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups over HTTP. Other tests define tasks beside these. */
@QuarkusTest
final class GroupHttpIT {

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void tasksThatAskTheSame_areOneGroup_whichSaysWhy() {
        String first = uniqueTask();
        String second = uniqueTask();
        define(first, "Wherefore grumbles yonder wizened " + first);
        define(second, "Wherefore grumbles yonder wizened " + first + " today");

        given().get("/v1/groups/g-" + first)
                .then()
                .statusCode(200)
                .body("group", equalTo("g-" + first))
                .body("tasks.task", equalTo(List.of(first, second)))
                .body("tasks[0].decision.outcome", equalTo("opened"))
                .body("tasks[1].instruction", containsString("today"))
                .body("tasks[1].decision.outcome", equalTo("joined"))
                .body("tasks[1].decision.compared_with", equalTo("g-" + first))
                .body("tasks[1].decision.similarities.matcher", equalTo(List.of("embedding", "tf-idf")))
                .body("tasks[1].decision.similarities[0].group", equalTo("g-" + first))
                .body("tasks[1].decision.similarities[0].similarity", greaterThan(0.41f))
                .body("tasks[1].decision.similarities[0].threshold", equalTo(0.41f))
                .body("tasks[1].decision.similarities[1].threshold", equalTo(0.3f))
                .body("tasks[1].decision.reason", containsString("in meaning"))
                .body("adapters", empty());
    }

    @Test
    void taskWithoutInstruction_isAlone() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\"}")
                .statusCode(201);

        given().get("/v1/groups/g-" + task)
                .then()
                .statusCode(200)
                .body("tasks.task", equalTo(List.of(task)))
                .body("tasks[0].instruction", nullValue())
                .body("tasks[0].decision.compared_with", nullValue())
                .body("tasks[0].decision.similarities", empty())
                .body("tasks[0].decision.reason", containsString("no instruction"));
    }

    @Test
    void pages_holdEveryTaskOnce() {
        String task = uniqueTask();
        define(task, "Whither wanders " + task);
        define(uniqueTask(), "Quantify seventeen purple saxophones");

        List<String> tasks = new ArrayList<>();
        String cursor = "";
        do {
            JsonPath page = given().get("/v1/groups?limit=1&cursor=" + cursor)
                    .then()
                    .statusCode(200)
                    .body("items", notNullValue())
                    .extract()
                    .jsonPath();
            assertThat(page.getList("items")).hasSizeLessThanOrEqualTo(1);
            tasks.addAll(page.getList("items.tasks.task.flatten()", String.class));
            cursor = page.getString("next_cursor");
        } while (cursor != null);

        assertThat(tasks).contains(task).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNoGroup_isNotFound() {
        problem(given().get("/v1/groups/g-" + uniqueTask()).then(), 404, "not-found");
        problem(given().get("/v1/groups/NONE").then(), 404, "not-found");
        problem(given().get("/v1/groups?limit=0").then(), 422, "invalid");
    }

    private static void define(String task, String instruction) {
        put(
                        "/v1/tasks/" + task,
                        "{\"kind\": \"classification\", \"input\": \"text\", \"instruction\": \"" + instruction
                                + "\", \"labels\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}")
                .statusCode(201);
    }
}
