// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is learnt and forgotten, over HTTP. */
@QuarkusTest
final class LifelongHttpIT {
    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    private static String defined() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        return task;
    }

    private static void teach(String task, String text, String label) {
        post(
                        "/v1/tasks/" + task + "/examples",
                        "{\"examples\": [{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}]}")
                .statusCode(200);
    }

    private static JsonPath lifelong(String tasks) {
        return given().get("/v1/lifelong?tasks=" + tasks)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** Waits until the latest step of a task is of so many examples. */
    private static void awaitStep(String task, int examples) {
        await().untilAsserted(() -> {
            List<Integer> counts = lifelong(task).getList("steps.examples", Integer.class);
            assertThat(counts).isNotEmpty();
            assertThat(counts.get(counts.size() - 1)).isEqualTo(examples);
        });
    }

    @Test
    void tasksWithSuites_areRecordedByThemselves() {
        String first = defined();
        String second = defined();
        for (String task : List.of(first, second)) {
            put("/v1/tasks/" + task + "/suite", EvaluationExamples.SUITE).statusCode(201);
            awaitStep(task, 0);
        }
        teach(first, "my card was stolen on the train", "card_arrival");
        awaitStep(first, 1);
        post("/v1/tasks/" + second + "/examples", Examples.TEACHING).statusCode(200);
        awaitStep(second, 4);
        teach(first, "my card was stolen on the train", "card_lost");
        await().untilAsserted(() -> assertThat(lifelong(first).getList("steps")).hasSizeGreaterThanOrEqualTo(3));

        JsonPath both = lifelong(first + "," + second);
        List<String> taught = both.getList("steps.task", String.class);
        List<List<Float>> matrix = both.getList("matrix");
        assertThat(both.getList("tasks", String.class)).containsExactlyInAnyOrder(first, second);
        assertThat(taught).startsWith(first, second).contains(first, second);
        assertThat(both.getList("steps.step", Long.class)).isSorted();
        assertThat(matrix)
                .hasSameSizeAs(taught)
                .allSatisfy(row -> assertThat(row).hasSize(2));
        int column = both.getList("tasks", String.class).indexOf(second);
        assertThat(matrix.get(0).get(column)).isNull();
        assertThat(matrix.get(taught.size() - 1)).doesNotContainNull();
        assertThat(both.getDouble("average_accuracy")).isBetween(0.0, 1.0);
        assertThat(both.getMap("$"))
                .containsKeys(
                        "forgetting",
                        "new_accuracy",
                        "backward_transfer",
                        "forward_transfer",
                        "average_incremental_accuracy");
        String serving = given().get("/v1/tasks/" + first + "/aliases/serving").path("revision");
        assertThat(both.getList("steps.revision", String.class)).contains(serving);
    }

    @Test
    void anotherSuite_beginsAnew() {
        String task = defined();
        put("/v1/tasks/" + task + "/suite", EvaluationExamples.SUITE).statusCode(201);
        awaitStep(task, 0);
        int before = lifelong(task).getInt("steps[0].step");

        put(
                        "/v1/tasks/" + task + "/suite",
                        "{\"examples\": [{\"text\": \"my card was stolen\", \"label\": \"card_lost\"}]}")
                .statusCode(200);

        await().untilAsserted(() -> {
            List<Integer> steps = lifelong(task).getList("steps.step", Integer.class);
            assertThat(steps).isNotEmpty().allMatch(step -> step > before);
        });
    }

    @Test
    void tasksThatCannotBeShown_areRefused() {
        String bare = defined();

        problem(given().get("/v1/lifelong?tasks=" + bare).then(), 404, "not-found");
        problem(given().get("/v1/lifelong?tasks=none-such").then(), 404, "not-found");
        for (String wrong : List.of("A b", "a,,b", String.join(",", ids(65)))) {
            problem(given().queryParam("tasks", wrong).get("/v1/lifelong").then(), 422, "invalid");
        }
        given().get("/v1/lifelong").then().statusCode(200);
    }

    private static List<String> ids(int count) {
        return Collections.nCopies(count, "t").stream()
                .map(prefix -> prefix + uniqueTask())
                .toList();
    }
}
