// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Suspects over HTTP. */
@QuarkusTest
final class SuspectHttpIT {
    private static final List<String> MONEY = List.of("bank", "coin", "loan", "cheque", "fee");
    private static final List<String> PARCEL = List.of("box", "courier", "stamp", "post", "van");

    private final Random random = new Random(6);

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    private String example(List<String> words, String label, String externalId) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return "{\"text\": \"" + text + random.nextInt(10_000) + "\", \"label\": \"" + label + "\", \"external_id\": \""
                + externalId + "\"}";
    }

    @Test
    void wrongLabels_areListed_onPages_untilTheyAreForgotten() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\"}")
                .statusCode(201);
        String path = "/v1/tasks/" + task + "/suspects";
        given().get(path).then().statusCode(200).body("items", hasSize(0)).body("next_cursor", nullValue());
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            examples.add(example(MONEY, "money", "m" + i));
            examples.add(example(PARCEL, "parcel", "p" + i));
        }
        examples.add(example(MONEY, "parcel", "wrong1"));
        examples.add(example(PARCEL, "money", "wrong2"));
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [" + String.join(", ", examples) + "]}")
                .statusCode(200);

        JsonPath first = given().get(path + "?limit=1")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].score", greaterThan(0.5f))
                .body("items[0].probability", lessThan(0.5f))
                .body("items[0].neighbours", hasSize(5))
                .extract()
                .jsonPath();
        JsonPath second = given().get(path + "?limit=1&cursor=" + first.getString("next_cursor"))
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .extract()
                .jsonPath();
        assertThat(List.of(
                        first.getString("items[0].example.external_id"),
                        second.getString("items[0].example.external_id")))
                .containsExactlyInAnyOrder("wrong1", "wrong2");
        assertThat(first.getString("items[0].given_label"))
                .isEqualTo(first.getString("items[0].example.label"))
                .isNotEqualTo(first.getString("items[0].suggested_label"));
        assertThat(first.getDouble("items[0].score")).isGreaterThanOrEqualTo(second.getDouble("items[0].score"));

        String id = first.getString("items[0].example_id");
        given().delete("/v1/tasks/" + task + "/examples/" + id).then().statusCode(200);
        given().get(path)
                .then()
                .statusCode(200)
                .body("items.findAll { it.example_id == '" + id + "' }", hasSize(0))
                .body("items[0].example_id", equalTo(second.getString("items[0].example_id")));
        problem(given().get(path + "?limit=0").then(), 422, "invalid");
        problem(given().get(path + "?cursor=%2A").then(), 422, "invalid");
        problem(given().get("/v1/tasks/" + uniqueTask() + "/suspects").then(), 404, "not-found");
    }
}
