// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings, models, similarity and reranking over HTTP. */
@QuarkusTest
final class VectorHttpIT {

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void embeddings_haveOpenAisShape() {
        post("/v1/embeddings", VectorExamples.EMBEDDINGS)
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("model", equalTo("ensemble"))
                .body("data", hasSize(2))
                .body("data.object", hasItems("embedding"))
                .body("data.index", contains(0, 1))
                .body("data[0].embedding", hasSize(greaterThan(127)))
                .body("usage.prompt_tokens", greaterThan(5))
                .body("usage.total_tokens", greaterThan(5));
    }

    @Test
    void embeddings_asBase64AreTheSameNumbers() {
        List<Float> floats = post("/v1/embeddings", "{\"model\": \"fake-one\", \"input\": \"my card\"}")
                .statusCode(200)
                .extract()
                .path("data[0].embedding");
        String base64 = post(
                        "/v1/embeddings",
                        "{\"model\": \"fake-one\", \"input\": [\"my card\"], \"encoding_format\": \"base64\"}")
                .statusCode(200)
                .extract()
                .path("data[0].embedding");

        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(floats.size() * 4);
        for (Number component : floats) {
            assertThat(bytes.getFloat()).isCloseTo(component.floatValue(), within(1e-6f));
        }
    }

    @Test
    void dimensions_keepTheLeadingOnesAtUnitLength() {
        List<Number> vector = post(
                        "/v1/embeddings",
                        "{\"model\": \"fake-one\", \"input\": \"my card\", \"dimensions\": 16, \"user\": \"u1\"}")
                .statusCode(200)
                .extract()
                .path("data[0].embedding");

        assertThat(vector).hasSize(16);
        double squares = vector.stream()
                .mapToDouble(component -> component.doubleValue() * component.doubleValue())
                .sum();
        assertThat(squares).isCloseTo(1, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"input\": \"a\"}; /model",
                "{\"model\": \"../x\", \"input\": \"a\"}; /model",
                "{\"model\": \"fake-one\"}; /input",
                "{\"model\": \"fake-one\", \"input\": []}; /input",
                "{\"model\": \"fake-one\", \"input\": {}}; /input",
                "{\"model\": \"fake-one\", \"input\": \" \"}; /input",
                "{\"model\": \"fake-one\", \"input\": [\"a\", \"\"]}; /input/1",
                "{\"model\": \"fake-one\", \"input\": [\"a\\ud800\"]}; /input/0",
                "{\"model\": \"fake-one\", \"input\": [\"a\\u0000\"]}; /input/0",
                "{\"model\": \"fake-one\", \"input\": [[1, 2]]}; /input/0",
                "{\"model\": \"fake-one\", \"input\": \"a\", \"dimensions\": 0}; /dimensions",
                "{\"model\": \"fake-one\", \"input\": \"a\", \"dimensions\": 65}; /dimensions",
                "{\"model\": \"fake-one\", \"input\": \"a\", \"encoding_format\": \"int8\"}; /encoding_format",
                "{\"model\": \"fake-one\", \"input\": \"a\", \"colour\": 1}; /colour"
            })
    void embeddings_nameTheMemberAtFault(String body, String pointer) {
        problem(post("/v1/embeddings", body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @Test
    void unknownModel_isNotFound() {
        problem(post("/v1/embeddings", "{\"model\": \"gpt\", \"input\": \"a\"}"), 404, "not-found");
        problem(given().get("/v1/models/gpt").then(), 404, "not-found");
        problem(given().get("/v1/models/%2e%2e").then(), 404, "not-found");
    }

    @Test
    void tooMuch_isRefusedWithTheLimit() {
        String inputs = "\"a\",".repeat(256) + "\"a\"";
        problem(post("/v1/embeddings", "{\"model\": \"ensemble\", \"input\": [" + inputs + "]}"), 413, "too-large")
                .body("limit", equalTo(256))
                .body("actual", equalTo(257));
        problem(post("/v1/similarity", "{\"pairs\": [[\"" + "a".repeat(4001) + "\", \"b\"]]}"), 413, "too-large")
                .body("limit", equalTo(4000));
    }

    @Test
    void models_haveOpenAisShape() {
        given().get("/v1/models")
                .then()
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("data.id", hasItems("ensemble", "fake-one", "fake-two"))
                .body("data[0].object", equalTo("model"))
                .body("data[0].owned_by", equalTo("perennial"));
        given().get("/v1/models/fake-one").then().statusCode(200).body("id", equalTo("fake-one"));
    }

    @Test
    void whatIsLongerThanAnEncodersWindow_isSaidToBeTruncated() {
        String text = "word ".repeat(600).strip();

        post("/v1/embeddings", "{\"model\": \"fake-one\", \"input\": [\"short\", \"" + text + "\"]}")
                .statusCode(200)
                .body("data.truncated", contains(false, true));
        post("/v1/similarity", "{\"pairs\": [[\"a\", \"b\"], [\"a\", \"" + text + "\"], [\"" + text + "\", \"b\"]]}")
                .statusCode(200)
                .body("truncated", contains(false, true, true));
        post("/v1/rerank", "{\"query\": \"short\", \"documents\": [\"short\", \"" + text + "\"]}")
                .statusCode(200)
                .body("results.truncated", contains(false, true));
        post("/v1/rerank", "{\"query\": \"" + text + "\", \"documents\": [\"short\"]}")
                .statusCode(200)
                .body("results.truncated", contains(true));
    }

    @Test
    void similarity_isHigherForTextsThatShareWords() {
        List<Number> scores = post("/v1/similarity", VectorExamples.SIMILARITY)
                .statusCode(200)
                .body("model", equalTo("ensemble"))
                .extract()
                .path("scores");

        assertThat(scores.get(0).doubleValue()).isGreaterThan(scores.get(1).doubleValue());
        problem(post("/v1/similarity", "{\"pairs\": [[\"a\"]]}"), 422, "invalid")
                .body("errors.pointer", hasItem("/pairs/0"));
        problem(post("/v1/similarity", "{\"pairs\": [[\"a\", null], null]}"), 422, "invalid")
                .body("errors.pointer", hasItems("/pairs/0/1", "/pairs/1"));
        problem(post("/v1/similarity", "{}"), 422, "invalid").body("errors.pointer", hasItem("/pairs"));
    }

    @Test
    void rerank_ordersDocumentsByRelevance() {
        post("/v1/rerank", VectorExamples.RERANK)
                .statusCode(200)
                .body("results", hasSize(2))
                .body("results[0].index", equalTo(1))
                .body("results[0].document.text", equalTo("Freeze the card in the app when it is stolen."));
        List<Number> scores = post("/v1/rerank", "{\"query\": \"a b\", \"documents\": [\"a b\", \"zzz\", \"a c\"]}")
                .statusCode(200)
                .body("results[0].index", equalTo(0))
                .body("results[0].document", nullValue())
                .extract()
                .path("results.relevance_score");
        assertThat(scores).hasSize(3).allMatch(score -> score.doubleValue() >= 0 && score.doubleValue() <= 1);

        problem(post("/v1/rerank", "{\"query\": \"a\", \"documents\": [{\"txt\": \"a\"}]}"), 422, "invalid")
                .body("errors.pointer", hasItem("/documents/0"));
        problem(post("/v1/rerank", "{\"query\": \"a\", \"documents\": [\"a\"], \"top_n\": 0}"), 422, "invalid")
                .body("errors.pointer", hasItem("/top_n"));
        problem(post("/v1/rerank", "{\"documents\": []}"), 422, "invalid")
                .body("errors.pointer", hasItems("/query", "/documents"));
    }
}
