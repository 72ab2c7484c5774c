// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Audit events over HTTP. Other tests change the service beside these. */
@QuarkusTest
final class AuditHttpIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void changesOfATask_areToldByWhomAndHowMuch_alsoAfterItsRemoval() {
        String task = uniqueTask();
        String revision = put("/v1/tasks/" + task, Examples.CLASSIFICATION)
                .statusCode(201)
                .extract()
                .path("revision");
        String example = given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                .contentType("application/json")
                .body(Examples.TEACHING)
                .post("/v1/tasks/" + task + "/examples")
                .then()
                .statusCode(200)
                .extract()
                .path("example_ids[0]");
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [{\"label\": \"no text\"}]}")
                .statusCode(200);
        given().delete("/v1/tasks/" + task + "/examples/" + example).then().statusCode(200);
        given().delete("/v1/tasks/" + task).then().statusCode(200);

        JsonPath events = given().get("/v1/audit-events?task=" + task)
                .then()
                .statusCode(200)
                .body("items.subject.kind.unique()", equalTo(List.of("task")))
                .body("items.actor.unique()", equalTo(List.of("anonymous")))
                .extract()
                .jsonPath();
        assertThat(events.getList("items.action", String.class))
                .containsExactly("task.define", "examples.teach", "example.forget", "task.remove");
        assertThat(events.getString("items[0].revision")).isEqualTo(revision);
        assertThat(events.getString("items[1].trace_id")).isEqualTo(TRACE);
        assertThat(events.getString("items[2].trace_id"))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(TRACE);
        int taught = events.getInt("items[1].taught");
        assertThat(taught).isPositive();
        assertThat(events.getInt("items[2].removed")).isEqualTo(1);
        assertThat(events.getInt("items[3].removed")).isEqualTo(taught - 1);
        assertThat(events.prettify()).doesNotContain("card");
    }

    @Test
    void pages_holdEveryEventOnce_inOrder() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
        given().delete("/v1/tasks/" + task).then().statusCode(200);

        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonPath page = given().get("/v1/audit-events?limit=2&task=" + task + "&cursor=" + cursor)
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            ids.addAll(page.getList("items.id", String.class));
            cursor = page.getString("next_cursor");
        } while (cursor != null);

        assertThat(ids).hasSize(3).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeAsked_isRefused() {
        problem(given().get("/v1/audit-events?limit=0").then(), 422, "invalid");
        problem(given().get("/v1/audit-events?task=Not!").then(), 422, "invalid");
        problem(given().delete("/v1/audit-events").then(), 405, "method-not-allowed");
        problem(post("/v1/audit-events", "{}"), 405, "method-not-allowed");
    }
}
