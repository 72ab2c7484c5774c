// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class QuarantineHttpIT {
    private static final List<String> MONEY = List.of("bank", "coin", "loan", "cheque", "fee");
    private static final List<String> PARCEL = List.of("box", "courier", "stamp", "post", "van");

    private final Random random = new Random(6);
    private final String task = "/v1/tasks/" + uniqueTask();
    private final String path = task + "/quarantine";

    @BeforeEach
    void teach() {
        Http.awaitReady();
        put(task, "{\"kind\": \"classification\", \"input\": \"text\"}").statusCode(201);
        List<String> examples = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            examples.add(example(MONEY, "money", "m" + i));
            examples.add(example(PARCEL, "parcel", "p" + i));
        }
        examples.add(example(MONEY, "parcel", "wrong1"));
        examples.add(example(PARCEL, "money", "wrong2"));
        post(task + "/examples", "{\"examples\": [" + String.join(", ", examples) + "]}")
                .statusCode(200)
                .body("taught", equalTo(52));
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
    void suspects_areSetApart_listed_andReleased() {
        given().get(path).then().statusCode(200).body("items", hasSize(0)).body("next_cursor", nullValue());
        JsonPath apart = given().contentType("application/json")
                .header("Idempotency-Key", "apart" + task.replace('/', '-'))
                .body("{\"suspects_above\": 0.5}")
                .post(path)
                .then()
                .statusCode(200)
                .body("example_ids", hasSize(2))
                .extract()
                .jsonPath();
        given().contentType("application/json")
                .header("Idempotency-Key", "apart" + task.replace('/', '-'))
                .body("{\"suspects_above\": 0.5}")
                .post(path)
                .then()
                .statusCode(200)
                .body("revision", equalTo(apart.getString("revision")))
                .body("example_ids", hasSize(2));
        JsonPath first = given().get(path + "?limit=1")
                .then()
                .statusCode(200)
                .body("items.example.external_id", contains("wrong1"))
                .body("items.reason", contains("suspect"))
                .body("items.degree", everyItem(greaterThan(0.5f)))
                .extract()
                .jsonPath();
        given().get(path + "?cursor=" + first.getString("next_cursor"))
                .then()
                .body("items.example.external_id", contains("wrong2"));
        given().get(task).then().body("examples_total", equalTo(50));
        given().get(task + "/suspects").then().body("items", hasSize(0));
        String id = first.getString("items[0].example.id");
        given().get(task + "/examples/" + id).then().statusCode(404);

        List<String> ids = apart.getList("example_ids");
        String released = post(path + "/releases", "{\"example_ids\": [\"" + String.join("\", \"", ids) + "\"]}")
                .statusCode(200)
                .body("example_ids", containsInAnyOrder(ids.toArray()))
                .body("head_digest_after", equalTo(apart.getString("head_digest_before")))
                .body("head_digest_before", equalTo(apart.getString("head_digest_after")))
                .extract()
                .path("revision");
        assertThat(released).isNotEqualTo(apart.getString("revision"));
        given().get(path).then().body("items", hasSize(0));
        post(path, "{\"example_ids\": [\"" + id + "\"]}").statusCode(200).body("example_ids", contains(id));
        given().get(path).then().body("items.reason", contains("named")).body("items[0].degree", nullValue());
        given().delete(task + "/examples/" + id).then().statusCode(200);
        given().get(path).then().body("items", hasSize(0));
        given().get("/v1/audit-events?task=" + task.substring("/v1/tasks/".length()) + "&limit=200")
                .then()
                .body("items.findAll { it.action == 'examples.quarantine' }.removed", contains(2, 1))
                .body("items.findAll { it.action == 'examples.release' }.taught", contains(2));
    }

    @Test
    void changesAtOnce_waitForOneAnother() {
        List<String> ids = given().get(task + "/examples?limit=8").jsonPath().getList("items.id", String.class);

        List<CompletableFuture<Integer>> replies = ids.stream()
                .map(id -> CompletableFuture.supplyAsync(
                        () -> post(path, "{\"example_ids\": [\"" + id + "\"]}")
                                .extract()
                                .statusCode(),
                        command -> new Thread(command).start()))
                .toList();

        assertThat(replies).extracting(CompletableFuture::join).hasSize(8).containsOnly(200);
        given().get(path).then().body("items", hasSize(8));
    }

    @Test
    void whatCannotBe_isRefused() {
        problem(post(path, "{}"), 422, "invalid");
        problem(post(path, "{\"suspects_above\": 0.9, \"leverage_above\": 0.9}"), 422, "invalid");
        problem(post(path, "{\"suspects_above\": 1}"), 422, "invalid");
        problem(post(path, "{\"example_ids\": [\"nonsense\"]}"), 422, "invalid");
        problem(post(path, "{\"example_ids\": [null]}"), 422, "invalid");
        problem(post(path, "{\"example_ids\": [\"ex_0000009999999999\"]}"), 404, "not-found");
        problem(post(path, "{\"leverage_above\": 0}"), 409, "conflict");
        problem(post(path + "/releases", "{}"), 422, "invalid");
        problem(post(path + "/releases", "{\"example_ids\": [\"ex_0000009999999999\"]}"), 404, "not-found");
        problem(given().get("/v1/tasks/" + uniqueTask() + "/quarantine").then(), 404, "not-found");
        problem(post("/v1/tasks/" + uniqueTask() + "/quarantine", "{\"suspects_above\": 0.9}"), 404, "not-found");
    }
}
