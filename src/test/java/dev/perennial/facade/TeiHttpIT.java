// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import static dev.perennial.facade.FacadeHttp.post;
import static dev.perennial.facade.FacadeHttp.taughtTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published requests of text-embeddings-inference, and its published replies field by field. */
@QuarkusTest
final class TeiHttpIT {

    @BeforeEach
    void awaitReady() {
        FacadeHttp.awaitReady();
    }

    @Test
    void embed_givesAVectorForEachText() {
        List<List<Number>> vectors = post("/embed", FacadeExamples.TEI_EMBED)
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(vectors).hasSize(2).allSatisfy(vector -> assertThat(vector).hasSizeGreaterThan(100));
        List<List<Number>> one = post("/embed", "{\"inputs\": \"What is Deep Learning?\", \"dimensions\": 16}")
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(one).hasSize(1);
        double squares = one.get(0).stream()
                .mapToDouble(component -> component.doubleValue() * component.doubleValue())
                .sum();
        assertThat(one.get(0)).hasSize(16);
        assertThat(squares).isCloseTo(1, within(1e-5));
    }

    @Test
    void predict_asksTheTaskOfTheQuery() {
        String path = "/predict?task=" + taughtTask("classification");
        List<Map<String, Object>> one = post(path, "{\"inputs\": \"my card is gone\"}")
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(one).hasSize(2).allSatisfy(label -> assertThat(label).containsOnlyKeys("score", "label"));
        assertThat(one.get(0)).containsEntry("label", "lost");
        List<List<Map<String, Object>>> several = post(
                        path,
                        "{\"inputs\": [[\"my card is gone\"], [\"where is my new card\"]], \"raw_scores\": false}")
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(several).hasSize(2);
        assertThat(several.get(1).get(0)).containsEntry("label", "late");
        // Two strings side by side are a pair.
        post(path, "{\"inputs\": [\"a\", \"b\"]}").statusCode(422).body("error_type", equalTo("Validation"));
        post("/predict", FacadeExamples.TEI_PREDICT)
                .statusCode(422)
                .body("error", containsString("perennial.tei.task"));
        post("/predict?task=none-such", FacadeExamples.TEI_PREDICT)
                .statusCode(404)
                .body("error", containsString("none-such"));
    }

    @Test
    void rerank_ordersTexts() {
        post("/rerank", FacadeExamples.TEI_RERANK)
                .statusCode(200)
                .body("$", hasSize(2))
                .body("[0].text", not(equalTo("")))
                .body("[0]", hasKey("index"))
                .body("[0]", hasKey("score"));
        List<Map<String, Object>> plain = post("/rerank", "{\"query\": \"a b\", \"texts\": [\"zzz\", \"a b\"]}")
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(plain.get(0)).containsOnlyKeys("index", "score").containsEntry("index", 1);
    }

    @Test
    void similarity_givesAScoreForEachSentence_inTheirOrder() {
        List<Number> scores = post(
                        "/similarity",
                        "{\"inputs\": {\"source_sentence\": \"a b\", \"sentences\": [\"zzz\", \"a b\", \"a c\"]},"
                                + " \"parameters\": {\"truncate\": true}}")
                .statusCode(200)
                .extract()
                .path("$");
        assertThat(scores).hasSize(3);
        assertThat(scores.get(1).doubleValue())
                .isCloseTo(1, within(1e-3))
                .isGreaterThan(scores.get(0).doubleValue());
        post("/similarity", FacadeExamples.TEI_SIMILARITY).statusCode(200).body("$", hasSize(2));
    }

    @Test
    void info_hasItsShape() {
        given().get("/info")
                .then()
                .statusCode(200)
                .body("model_id", equalTo("ensemble"))
                .body("served_model_name", equalTo("ensemble"))
                .body("$", hasKey("model_sha"))
                .body("model_dtype", equalTo("float32"))
                .body("model_type.embedding.pooling", equalTo("mean"))
                .body("max_concurrent_requests", greaterThan(0))
                .body("max_input_length", greaterThan(0))
                .body("max_batch_tokens", greaterThan(0))
                .body("$", hasKey("max_batch_requests"))
                .body("max_client_batch_size", equalTo(256))
                .body("auto_truncate", equalTo(true))
                .body("tokenization_workers", greaterThan(0))
                .body("version", not(equalTo("")))
                .body("$", hasKey("sha"))
                .body("$", hasKey("docker_label"));
        given().get("/health").then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/embed; {\"inputs\": []}; 400; Empty",
                "/rerank; {\"query\": \"a\", \"texts\": []}; 400; Empty",
                "/embed; {}; 422; Validation",
                "/embed; {\"inputs\": [[1, 2]]}; 422; Validation",
                "/embed; {\"inputs\": \"a\", \"normalize\": false}; 422; Validation",
                "/embed; {\"inputs\": \"a\", \"prompt_name\": \"query\"}; 422; Validation",
                "/embed; {\"inputs\": \"a\", \"truncation_direction\": \"left\"}; 422; Validation",
                "/embed; {\"inputs\": \"a\", \"dimensions\": 0}; 422; Validation",
                "/embed; {; 400; Validation",
                "/rerank; {\"texts\": [\"a\"]}; 422; Validation",
                "/similarity; {}; 422; Validation",
                "/embed_all; {\"inputs\": \"a\"}; 424; Backend",
                "/embed_sparse; {\"inputs\": \"a\"}; 424; Backend",
                "/tokenize; {\"inputs\": \"a\"}; 424; Backend"
            })
    void failures_haveTheProtocolsShape(String path, String body, int status, String type) {
        post(path, body)
                .statusCode(status)
                .contentType("application/json")
                .body("error", not(equalTo("")))
                .body("error_type", equalTo(type));
    }

    @Test
    void whatIsTooMuchOrTooLong_isRefused() {
        String inputs = "\"a\",".repeat(256) + "\"a\"";
        post("/embed", "{\"inputs\": [" + inputs + "]}").statusCode(413).body("error_type", equalTo("Validation"));
        String text = "word ".repeat(700).strip();
        post("/embed", "{\"inputs\": \"" + text + "\", \"truncate\": false}")
                .statusCode(422)
                .body("error", containsString("/inputs/0"));
        post("/embed", "{\"inputs\": \"" + text + "\"}").statusCode(200);
    }
}
