// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Teaching with one line in the reply per row of the request. */
@QuarkusTest
final class TeachingLinesHttpIT {
    private static final String ROWS = """
            {"text": "a", "label": "x"}
            {"text": "", "label": "x"}
            {"broken
            {"text": "b", "label": "y"}
            {"text": "a", "label": "x"}
            """;

    private String examples;

    @BeforeEach
    void defineTask() {
        Http.awaitReady();
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\"}").statusCode(201);
        examples = "/v1/tasks/" + task + "/examples";
    }

    @Test
    void everyRow_getsALineWithItsOwnStatus() {
        List<String> lines = teach("lines-1").extract().asString().lines().toList();

        assertThat(lines)
                .extracting(line -> JsonPath.from(line).getInt("index"))
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(lines)
                .extracting(line -> JsonPath.from(line).getInt("status"))
                .containsExactly(200, 422, 422, 200, 200);
        assertThat(lines.get(0)).contains("\"example_id\":\"ex_").contains("\"revision\":\"rev_");
        assertThat(JsonPath.from(lines.get(4)).getString("example_id"))
                .isEqualTo(JsonPath.from(lines.get(0)).getString("example_id"));
        assertThat(lines.get(1)).contains("\"detail\":\"");
    }

    @Test
    void blankLines_areCountedAndNotAnswered() {
        String rows =
                "\n{\"text\": \"a\", \"label\": \"x\"}\r\n  \n\n{\"broken\n{\"text\": \"b\", \"label\": \"y\"}\n\n";

        for (String key : List.of("lines-3", "lines-3")) {
            List<String> lines = teach(key, rows).extract().asString().lines().toList();
            assertThat(lines)
                    .extracting(line -> JsonPath.from(line).getInt("index"))
                    .containsExactly(1, 4, 5);
            assertThat(lines)
                    .extracting(line -> JsonPath.from(line).getInt("status"))
                    .containsExactly(200, 422, 200);
        }
    }

    @Test
    void repetition_repeatsTheLines() {
        String first = teach("lines-2").extract().asString();

        ValidatableResponse second = teach("lines-2");

        assertThat(second.extract().asString()).isEqualTo(first);
        assertThat(second.extract().header("Idempotent-Replayed")).isEqualTo("true");
    }

    private ValidatableResponse teach(String key) {
        return teach(key, ROWS);
    }

    private ValidatableResponse teach(String key, String rows) {
        return given().contentType("application/x-ndjson; charset=utf-8")
                .accept("application/x-ndjson")
                .header("Idempotency-Key", key)
                .body(rows.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(200)
                .contentType("application/x-ndjson");
    }
}
