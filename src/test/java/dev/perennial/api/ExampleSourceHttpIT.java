// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
final class ExampleSourceHttpIT {
    private final String task = uniqueTask();
    private final String path = "/v1/tasks/" + task;

    @BeforeEach
    void define() {
        Http.awaitReady();
        put(path, "{\"kind\": \"classification\", \"input\": \"text\"}").statusCode(201);
    }

    /** In memory as well, where an answer can be named with its text. */
    @Test
    void answersToWhatASourceTaught_areForgottenWithIt() {
        teach("the bank sent a coin", "money");
        post(path + "/examples?source=crowd-1", "{\"examples\": [{\"text\": \"a late van\", \"label\": \"parcel\"}]}")
                .statusCode(200);
        String answer = post(path + "/predictions", "{\"inputs\": [\"a late van\"]}")
                .statusCode(200)
                .extract()
                .path("predictions[0].id");

        given().delete(path + "/examples?source=crowd-1").then().statusCode(200);

        String said = "{\"prediction_id\": \"" + answer + "\", \"label\": \"parcel\"}";
        problem(post(path + "/feedback", said), 404, "not-found");
    }

    @Test
    void source_isShownListedAndTakenBackExactly() {
        teach("the bank sent a coin", "money");
        teach("the van left a box", "parcel");
        String digest = digest();
        given().contentType("text/csv")
                .body("text,label,source\nthe bank sent a coin,money,\nthe bank is a box,parcel,other\n")
                .post(path + "/examples?source=crowd-1")
                .then()
                .statusCode(200)
                .body("taught", equalTo(2));
        String corrected = post(
                        path + "/feedback",
                        "{\"text\": \"the coin is a stamp\", \"label\": \"parcel\", \"source\": \"crowd-1\"}")
                .statusCode(200)
                .extract()
                .path("example_id");
        given().get(path + "/examples/" + corrected).then().body("source", equalTo("crowd-1"));
        given().get(path + "/examples?source=crowd-1")
                .then()
                .statusCode(200)
                .body("items.text", contains("the bank sent a coin", "the coin is a stamp"))
                .body("items.source", contains("crowd-1", "crowd-1"));
        JsonPath first = given().get(path + "/example-sources?limit=2")
                .then()
                .statusCode(200)
                .body("items.name", contains(null, "crowd-1"))
                .body("items.examples", contains(2, 2))
                .body("items[0].share", equalTo(0.4f))
                .extract()
                .jsonPath();
        given().get(path + "/example-sources?cursor=" + first.getString("next_cursor"))
                .then()
                .body("items.name", contains("other"))
                .body("next_cursor", nullValue());

        post(path + "/candidates?source=other", "{\"examples\": [{\"text\": \"a late van\", \"label\": \"parcel\"}]}")
                .statusCode(200);
        given().contentType("application/json")
                .body("{\"revision\": \"candidate\"}")
                .put(path + "/aliases/serving")
                .then()
                .statusCode(200);
        given().get(path + "/examples?source=other").then().body("items.text", hasItem("a late van"));

        given().delete(path + "/examples?source=other")
                .then()
                .statusCode(200)
                .body("removed", equalTo(2))
                .body("head_digest_after", not(equalTo(digest)));
        JsonPath undone = given().delete(path + "/examples?source=crowd-1")
                .then()
                .statusCode(200)
                .body("removed", equalTo(2))
                .body("head_digest_after", equalTo(digest))
                .extract()
                .jsonPath();
        assertThat(undone.getString("head_digest_before")).isNotEqualTo(digest);
        given().delete(path + "/examples?source=crowd-1")
                .then()
                .statusCode(200)
                .body("removed", equalTo(0))
                .body("revision", equalTo(undone.getString("revision")))
                .body("head_digest_before", equalTo(digest));
        given().get(path + "/examples").then().body("items", hasSize(2));
        given().get("/v1/audit-events?task=" + task + "&limit=200")
                .then()
                .body("items.findAll { it.action == 'examples.undo' }.removed", contains(2, 2));
    }

    @Test
    void sameKeyWithAnotherSource_isAnotherRequest() {
        String body = "{\"examples\": [{\"text\": \"a coin\", \"label\": \"money\"}]}";
        for (String query : new String[] {"", "?source=a", "?source=a"}) {
            given().contentType("application/json")
                    .header("Idempotency-Key", "key-of-" + task)
                    .body(body)
                    .post(path + "/examples" + query)
                    .then()
                    .statusCode(200)
                    .body("taught", equalTo(1));
        }
        given().get(path + "/examples").then().body("items", hasSize(2));
    }

    @Test
    void names_thatCannotBe_areRefused() {
        problem(post(path + "/examples?source=Two%20words", "{\"examples\": []}"), 422, "invalid");
        problem(given().delete(path + "/examples").then(), 422, "invalid");
        problem(given().delete(path + "/examples?source=").then(), 422, "invalid");
        problem(given().get(path + "/examples?source=%C3%BC").then(), 422, "invalid");
        problem(post(path + "/feedback", "{\"text\": \"a\", \"label\": \"b\", \"source\": \"A\"}"), 422, "invalid");
        problem(
                given().delete("/v1/tasks/" + uniqueTask() + "/examples?source=a")
                        .then(),
                404,
                "not-found");
        problem(given().get("/v1/tasks/" + uniqueTask() + "/example-sources").then(), 404, "not-found");
    }

    private void teach(String text, String label) {
        post(path + "/examples", "{\"examples\": [{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}]}")
                .statusCode(200);
    }

    /** That of the heads: a source that taught nothing is taken back, which changes nothing. */
    private String digest() {
        return given().delete(path + "/examples?source=nobody").then().extract().path("head_digest_after");
    }
}
