// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import static dev.perennial.facade.FacadeHttp.post;
import static dev.perennial.facade.FacadeHttp.taughtTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cohere's published requests, and its published replies field by field. */
@QuarkusTest
final class CohereHttpIT {

    @BeforeEach
    void awaitReady() {
        FacadeHttp.awaitReady();
    }

    @Test
    void classify_learnsTheExamplesOfTheRequest_andHasCoheresShape() {
        int tasks = given().get("/v1/tasks?limit=1000").path("items.size()");
        Map<String, Map<String, Number>> labels = post("/v1/classify", FacadeExamples.COHERE_CLASSIFY)
                .statusCode(200)
                .body("id", not(equalTo("")))
                .body("classifications", hasSize(2))
                .body("classifications.id", everyItem(not(equalTo(""))))
                .body("classifications.input", contains("Confirm your email address", "hey i need u to send some $"))
                .body("classifications.classification_type", everyItem(is("single-label")))
                .body("classifications[1].prediction", equalTo("Spam"))
                .body("classifications[1].predictions", contains("Spam"))
                .body("classifications[1].confidences", hasSize(1))
                .body("meta.api_version.version", equalTo("1"))
                .extract()
                .path("classifications[1].labels");

        assertThat(labels).containsOnlyKeys("Spam", "Not spam");
        double sum = labels.values().stream()
                .mapToDouble(label -> label.get("confidence").doubleValue())
                .sum();
        assertThat(sum).isCloseTo(1, within(1e-6));
        int after = given().get("/v1/tasks?limit=1000").path("items.size()");
        assertThat(after).isEqualTo(tasks);
    }

    @Test
    void classify_answersTheSameByTheSameExamples_inWhateverOrder() {
        String one = """
                {"inputs": ["my card is gone"], "examples": [{"text": "I lost my card", "label": "lost"},
                 {"text": "card stolen", "label": "lost"}, {"text": "what a day", "label": "chat"}]}""";
        String other = """
                {"inputs": ["my card is gone"], "examples": [{"text": "what a day", "label": "chat"},
                 {"text": "card stolen", "label": "lost"}, {"text": "I lost my card", "label": "lost"}]}""";
        Number first =
                post("/v1/classify", one).statusCode(200).extract().path("classifications[0].labels.lost.confidence");
        Number second =
                post("/v1/classify", other).statusCode(200).extract().path("classifications[0].labels.lost.confidence");
        assertThat(first.doubleValue()).isCloseTo(second.doubleValue(), within(1e-6));
    }

    @Test
    void classify_asksTheTaskThatModelNames_asOfAFineTunedModel() {
        String task = taughtTask("classification");
        post("/v1/classify", "{\"model\": \"" + task + "\", \"inputs\": [\"my card is gone\"]}")
                .statusCode(200)
                .body("classifications[0].prediction", equalTo("lost"))
                .body("classifications[0].labels", aMapWithSize(2))
                .body("classifications[0].labels", hasKey("late"));
        String several = taughtTask("multilabel");
        post("/v1/classify", "{\"model\": \"" + several + "\", \"inputs\": [\"my card is gone\"]}")
                .statusCode(200)
                .body("classifications[0].classification_type", equalTo("multi-label"))
                .body("classifications[0].prediction", nullValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"inputs\": [\"a\"]}; 400; /examples",
                "{\"inputs\": [], \"examples\": [{\"text\": \"a\", \"label\": \"b\"}]}; 400; /inputs",
                "{\"inputs\": [\"a\"], \"examples\": [{\"text\": \"a\"}]}; 400; /examples/0/label",
                "{\"inputs\": [\"a\"], \"examples\": [null]}; 400; /examples/0/text",
                "{\"inputs\": [\"a\"], \"preset\": \"x\"}; 400; /preset",
                "{\"inputs\": [\"a\"], \"model\": \"none-such\"}; 404; none-such",
                "{\"inputs\": [\"a\"], \"model\": \"No Id\"}; 400; /model",
                "{\"inputs\": [\"a\"], \"truncate\": \"START\", \"examples\": [{\"text\": \"a\", \"label\": \"b\"}]}; 400; /truncate"
            })
    void classify_tellsFailuresAsCohereDoes(String body, int status, String said) {
        post("/v1/classify", body)
                .statusCode(status)
                .contentType("application/json")
                .body("$", aMapWithSize(1))
                .body("message", containsString(said));
    }

    @Test
    void classify_takesNoMoreThan2500Examples() {
        String row = "{\"text\": \"a\", \"label\": \"b\"},";
        String body =
                "{\"inputs\": [\"a\"], \"examples\": [" + row.repeat(2500) + row.substring(0, row.length() - 1) + "]}";
        post("/v1/classify", body).statusCode(413).body("message", containsString("2500"));
    }

    @Test
    void whatIsNeithersRequest_isAProblemThatBothCanRead() {
        post("/v1/classify", "{\"inputs\": [\"a\"], \"input\": \"a\"}")
                .statusCode(422)
                .contentType(containsString("application/problem+json"))
                .body("message", containsString("inputs"))
                .body("detail", containsString("inputs"))
                .body("type", equalTo("/problems/invalid"));
    }

    @Test
    void classify_refusesWhatIsCutOff_whenTruncateIsNone() {
        String text = "word ".repeat(700).strip();
        String examples = "\"examples\": [{\"text\": \"a\", \"label\": \"x\"}, {\"text\": \"b\", \"label\": \"y\"}]";
        post("/v1/classify", "{\"inputs\": [\"" + text + "\"], \"truncate\": \"NONE\", " + examples + "}")
                .statusCode(400)
                .body("message", containsString("/inputs/0"));
        post("/v1/classify", "{\"inputs\": [\"" + text + "\"], \"truncate\": \"END\", " + examples + "}")
                .statusCode(200);
    }

    @ParameterizedTest
    @CsvSource({"/v1/rerank", "/v2/rerank"})
    void rerank_hasCoheresShape(String path) {
        post(path, FacadeExamples.COHERE_RERANK)
                .statusCode(200)
                .body("id", not(equalTo("")))
                .body("results", hasSize(2))
                .body("results[0].index", equalTo(1))
                .body("results[0].document", nullValue())
                .body("meta.api_version.version", not(equalTo("")));
        post(
                        path,
                        "{\"query\": \"a b\", \"return_documents\": true, \"max_tokens_per_doc\": 100, \"priority\": 1,"
                                + " \"rank_fields\": [\"text\"], \"max_chunks_per_doc\": 3,"
                                + " \"documents\": [{\"text\": \"a b\", \"title\": \"kept\"}]}")
                .statusCode(200)
                .body("results[0].document.text", equalTo("a b"))
                .body("results[0].document.title", equalTo("kept"));
        post(path, "{\"query\": \"a\", \"documents\": []}")
                .statusCode(path.startsWith("/v2") ? 400 : 422)
                .body("message", containsString("/documents"));
    }

    @Test
    void rerank_repeatsDocumentsForJinasModels() {
        List<String> texts = post(
                        "/v1/rerank",
                        "{\"model\": \"jina-reranker-v2-base-multilingual\", \"query\": \"a b\", \"truncation\": true,"
                                + " \"documents\": [\"a b\", \"zzz\"]}")
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("usage.total_tokens", equalTo(0))
                .extract()
                .path("results.document.text");
        assertThat(texts).containsExactly("a b", "zzz");
    }
}
