// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import static dev.perennial.facade.FacadeHttp.post;
import static dev.perennial.facade.FacadeHttp.taughtTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jina's published requests, and its published replies field by field. */
@QuarkusTest
final class JinaHttpIT {

    @BeforeEach
    void awaitReady() {
        FacadeHttp.awaitReady();
    }

    @Test
    void classify_overLabels_hasJinasShape() {
        List<Number> scores = post("/v1/classify", FacadeExamples.JINA_CLASSIFY)
                .statusCode(200)
                .body("data", hasSize(2))
                .body("data.object", everyItem(is("classification")))
                .body("data.index", contains(0, 1))
                .body("data[0].predictions", hasSize(3))
                .body(
                        "data[0].predictions.label",
                        containsInAnyOrder("Technical explanation", "Creative writing", "Business solution"))
                .body("usage.total_tokens", equalTo(0))
                .extract()
                .path("data[0].predictions.score");
        assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b.doubleValue(), a.doubleValue()));
    }

    @Test
    void classify_overGroups_answersEachByItself() {
        post(
                        "/v1/classify",
                        "{\"model\": \"jina-embeddings-v3\", \"input\": \"I lost my card\","
                                + " \"labels\": {\"mood\": [\"glad\", \"sad\"], \"thing\": [\"card\", \"loan\"]}}")
                .statusCode(200)
                .body("data[0].prediction.thing", equalTo("card"))
                .body("data[0].score.mood", not(nullValue()))
                .body("data[0].predictions.mood", hasSize(2));
    }

    @Test
    void train_makesATask_thatIsAsked_taughtOn_listed_andRemoved() {
        String id = post("/v1/train", FacadeExamples.JINA_TRAIN)
                .statusCode(200)
                .body("num_samples", equalTo(2))
                .body("usage.total_tokens", equalTo(0))
                .extract()
                .path("classifier_id");
        assertThat(UUID.fromString(id)).hasToString(id);
        given().get("/v1/tasks/" + id).then().statusCode(200).body("examples_total", equalTo(2));

        String asked = "{\"classifier_id\": \"" + id + "\", \"input\": [\"Describe a cell of a plant.\"]}";
        post("/v1/classify", asked).statusCode(200).body("data[0].prediction", equalTo("Biology"));
        post(
                        "/v1/train",
                        "{\"classifier_id\": \"" + id + "\", \"num_iters\": 10,"
                                + " \"input\": {\"text\": \"What is a quark?\", \"label\": \"Physics\"}}")
                .statusCode(200)
                .body("classifier_id", equalTo(id))
                .body("num_samples", equalTo(1));
        post("/v1/classify", "{\"classifier_id\": \"" + id + "\", \"input\": {\"text\": \"What is a quark?\"}}")
                .statusCode(200)
                .body("data[0].predictions", hasSize(3))
                .body("data[0].prediction", equalTo("Physics"));

        String of = "find { it.classifier_id == '" + id + "' }.";
        given().get("/v1/classifiers")
                .then()
                .statusCode(200)
                .body(of + "labels", containsInAnyOrder("Biology", "Creative writing", "Physics"))
                .body(of + "access", equalTo("private"))
                .body(of + "model", equalTo("ensemble"))
                .body(of + "is_active", equalTo(true))
                .body(of + "user_id", equalTo("00000000-0000-0000-0000-000000000000"))
                .body(of + "created_at", containsString("T"))
                .body(of + "updated_at", containsString("T"))
                .body(of + "updated_number", equalTo(0))
                .body(of + "used_number", equalTo(0));
        given().delete("/v1/classifiers/" + id).then().statusCode(200).body("classifier_id", equalTo(id));
        given().delete("/v1/classifiers/" + id).then().statusCode(404).body("detail", containsString(id));
        post("/v1/classify", asked).statusCode(404).body("detail", containsString(id));
    }

    @Test
    void train_teachesAnyTask_butRemovesOnlyItsOwn() {
        String task = taughtTask("classification");
        post(
                        "/v1/train",
                        "{\"classifier_id\": \"" + task
                                + "\", \"input\": [{\"text\": \"hello\", \"label\": \"chat\"}]}")
                .statusCode(200);
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(5));
        given().get("/v1/classifiers").then().body("classifier_id", not(hasItem(task)));
        given().delete("/v1/classifiers/" + task).then().statusCode(404);
        given().get("/v1/tasks/" + task).then().statusCode(200);
    }

    @Test
    void train_isDoneOnce_forAnIdempotencyKey() {
        String key = "train-" + System.nanoTime();
        String first = trained(key, FacadeExamples.JINA_TRAIN, 200);
        assertThat(trained(key, FacadeExamples.JINA_TRAIN, 200)).isEqualTo(first);
        given().header("Idempotency-Key", key)
                .contentType("application/json")
                .body(FacadeExamples.JINA_TRAIN.replace("ocean", "sea"))
                .post("/v1/train")
                .then()
                .statusCode(422)
                .body("detail", containsString("Idempotency-Key"));
    }

    private static String trained(String key, String body, int status) {
        return given().header("Idempotency-Key", key)
                .contentType("application/json")
                .body(body)
                .post("/v1/train")
                .then()
                .statusCode(status)
                .extract()
                .path("classifier_id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; input",
                "{\"input\": []}; input",
                "{\"input\": [{\"text\": \"a\", \"label\": \"b\"}]}; input",
                "{\"input\": [{\"text\": \"a\", \"label\": \"b\"}, {\"text\": \"c\", \"label\": \"b\"}]}; input",
                "{\"input\": [{\"image\": \"https://x\", \"label\": \"b\"}]}; input.0",
                "{\"input\": [{\"text\": \"a\", \"label\": \"b\"}, {\"text\": \" \", \"label\": \"c\"}]}; input.1.text",
                "{\"input\": [{\"text\": \"a\", \"label\": \"b\"}, {\"text\": \"b\", \"label\": \"B\"}]}; input.1.label",
                "{\"access\": \"all\", \"input\": [{\"text\": \"a\", \"label\": \"b\"}]}; access",
                "{\"num_iters\": 0, \"input\": [{\"text\": \"a\", \"label\": \"b\"}]}; num_iters",
                "{\"classifier_id\": \"No Id\", \"input\": [{\"text\": \"a\", \"label\": \"b\"}]}; classifier_id"
            })
    void train_namesWhatIsWrong_andMakesNoTask(String body, String field) {
        int before = given().get("/v1/tasks?limit=1000").path("items.size()");
        post("/v1/train", body)
                .statusCode(422)
                .contentType("application/json")
                .body("detail", not(equalTo("")))
                .body("errors.field", hasItem(field))
                .body("errors[0].message", not(equalTo("")))
                .body("errors[0].type", equalTo("invalid"));
        int after = given().get("/v1/tasks?limit=1000").path("items.size()");
        assertThat(after).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"input\": \"a\"}; 422; labels",
                "{\"input\": \"a\", \"labels\": []}; 422; labels",
                "{\"input\": \"a\", \"labels\": [\"x\", 1]}; 422; labels",
                "{\"input\": \"a\", \"labels\": {}}; 422; labels",
                "{\"labels\": [\"x\"]}; 422; input",
                "{\"input\": [{\"image\": \"x\"}], \"labels\": [\"x\"]}; 422; input",
                "{\"input\": \"a\", \"labels\": [\"x\"], \"classifier_id\": \"y\"}; 422; classifier_id",
                "{\"input\": \"a\", \"classifier_id\": \"none-such\"}; 404; none-such"
            })
    void classify_tellsFailuresAsJinaDoes(String body, int status, String said) {
        post("/v1/classify", body)
                .statusCode(status)
                .contentType("application/json")
                .body("detail", containsString(said))
                .body("message", nullValue());
    }

    @Test
    void whatIsNotAJsonBody_isToldInJinasWords() {
        given().contentType("text/plain")
                .body("x")
                .post("/v1/train")
                .then()
                .statusCode(415)
                .body("detail", not(equalTo("")));
        post("/v1/train", "{").statusCode(400).body("detail", not(equalTo("")));
        given().get("/v1/train").then().statusCode(405).body("detail", not(equalTo("")));
    }
}
