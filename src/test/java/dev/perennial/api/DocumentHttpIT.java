// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents over HTTP: added, found, kept clear of evaluation sets, removed. */
@QuarkusTest
final class DocumentHttpIT {
    private final String source = uniqueTask();

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
        put("/v1/sources/" + source, "{\"origin\": \"https://e.example\", \"licence\": \"CC0\", \"trust\": 0.7}")
                .statusCode(201);
    }

    @Test
    void source_isDefinedReplacedAndRemoved() {
        given().get("/v1/sources/" + source)
                .then()
                .statusCode(200)
                .header("ETag", notNullValue())
                .body("id", equalTo(source))
                .body("licence", equalTo("CC0"))
                .body("trust", equalTo(0.7f))
                .body("documents", equalTo(0))
                .body("revision", matchesPattern("rev_[0-9]{16}"));
        put("/v1/sources/" + source, "{}")
                .statusCode(200)
                .body("trust", equalTo(0.5f))
                .body("origin", equalTo(""));
        given().get("/v1/sources?limit=1000").then().body("items.id", hasItem(source));
        problem(
                given().contentType("application/json")
                        .header("If-None-Match", "*")
                        .body("{}")
                        .put("/v1/sources/" + source)
                        .then(),
                412,
                "precondition-failed");

        given().delete("/v1/sources/" + source).then().statusCode(200).body("removed", equalTo(source));
        problem(given().get("/v1/sources/" + source).then(), 404, "not-found");
        problem(given().delete("/v1/sources/" + source).then(), 404, "not-found");
        problem(given().get("/v1/sources/" + source + "/documents").then(), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"{\"trust\": 1.5}; /trust", "{\"trust\": \"high\"}; /trust", "{\"colour\": \"red\"}; /colour"})
    void definition_namesTheMemberAtFault(String body, String pointer) {
        problem(put("/v1/sources/" + source, body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @Test
    void addedDocument_isFoundByTheNextSearchWithItsTerms() {
        String id = add("{\"documents\": [{\"text\": \"Glaciers in Norway are melting\", \"title\": \"Ice\"},"
                        + " {\"text\": \"The bank raised its fees\", \"origin\": \"https://other.example\"}]}")
                .statusCode(200)
                .body("revision", matchesPattern("rev_[0-9]{16}"))
                .body("added", equalTo(2))
                .body("duplicates", equalTo(0))
                .body("rejected", empty())
                .body("document_ids", hasSize(2))
                .extract()
                .path("document_ids[0]");

        for (String mode : List.of("text", "vector", "hybrid")) {
            search("melting glaciers", mode)
                    .statusCode(200)
                    .body("results[0].id", equalTo(id))
                    .body("results[0].source", equalTo(source))
                    .body("results[0].title", equalTo("Ice"))
                    .body("results[0].text", equalTo("Glaciers in Norway are melting"))
                    .body("results[0].origin", equalTo("https://e.example"))
                    .body("results[0].licence", equalTo("CC0"))
                    .body("results[0].trust", equalTo(0.7f));
        }
        search("bank fees", "text").body("results[0].origin", equalTo("https://other.example"));
        given().get("/v1/sources/" + source + "/documents/" + id)
                .then()
                .statusCode(200)
                .body("text", equalTo("Glaciers in Norway are melting"))
                .body("language", nullValue())
                .body("leaked_from", empty());
    }

    @Test
    void rowsThatAreNotAcceptable_areReportedAndTheOthersAdded() {
        add("{\"documents\": [{\"text\": \"fine\"}, {\"text\": \" \"}, {\"title\": \"no text\"}, 7, null,"
                        + " {\"text\": 5}, {\"text\": \"x\", \"colour\": \"red\"}, {\"text\": \"x\", \"language\": \"?\"},"
                        + " {\"text\": \"" + "x".repeat(20_001) + "\"}, {\"text\": \"fine\"}]}")
                .statusCode(200)
                .body("added", equalTo(1))
                .body("duplicates", equalTo(1))
                .body("document_ids", hasSize(2))
                .body("rejected.index", contains(1, 2, 3, 4, 5, 6, 7, 8))
                .body("rejected[7].detail", containsString("document_chars"));
        add("{\"documents\": [{\"text\": \"fine\"}]}").body("added", equalTo(0)).body("duplicates", equalTo(1));
    }

    @Test
    void lines_areAddedToo() {
        given().contentType("application/x-ndjson; charset=utf-8")
                .body("{\"text\": \"one\", \"external_id\": \"a\"}\n\n{oops\n{\"text\": \"two\"}\n"
                        .getBytes(StandardCharsets.UTF_8))
                .post("/v1/sources/" + source + "/documents")
                .then()
                .statusCode(200)
                .body("added", equalTo(2))
                .body("rejected.index", contains(2));
    }

    @Test
    void sameExternalId_replaces() {
        add("{\"documents\": [{\"text\": \"glaciers of old\", \"external_id\": \"a\"}]}");
        add("{\"documents\": [{\"text\": \"glaciers of today\", \"external_id\": \"a\"}]}")
                .body("added", equalTo(1));

        search("glaciers", "text").body("results.text", contains("glaciers of today"));
        given().get("/v1/sources/" + source).then().body("documents", equalTo(1));
    }

    @Test
    void documents_arePagedAndRemoved() {
        String all = IntStream.range(0, 5)
                .mapToObj(i -> "{\"text\": \"glacier " + i + "\"}")
                .collect(Collectors.joining(", "));
        List<String> ids = add("{\"documents\": [" + all + "]}").extract().path("document_ids");
        String cursor = given().get("/v1/sources/" + source + "/documents?limit=3")
                .then()
                .body("items.id", equalTo(ids.subList(0, 3)))
                .extract()
                .path("next_cursor");
        given().get("/v1/sources/" + source + "/documents?limit=3&cursor=" + cursor)
                .then()
                .body("items.id", equalTo(ids.subList(3, 5)))
                .body("next_cursor", nullValue());

        String path = "/v1/sources/" + source + "/documents/" + ids.get(1);
        given().delete(path).then().statusCode(200).body("removed", equalTo(ids.get(1)));
        problem(given().get(path).then(), 404, "not-found");
        problem(given().delete(path).then(), 404, "not-found");
        search("glacier", "hybrid").body("results.id", not(hasItem(ids.get(1)))).body("results", hasSize(4));
        given().delete("/v1/sources/" + source).then().statusCode(200);
        problem(search("glacier", "text"), 422, "invalid");
        post("/v1/documents/search", "{\"query\": \"glacier\", \"mode\": \"text\"}")
                .statusCode(200)
                .body("results.source", not(hasItem(source)));
    }

    @Test
    void textOfAnEvaluationSet_isRejected_andMarkedWhenItWasThereBefore() {
        String set = uniqueTask();
        String leak = "unusual glaciers of " + set + " are melting";
        String id =
                add("{\"documents\": [{\"text\": \"" + leak + "\"}]}").extract().path("document_ids[0]");

        put("/v1/evaluation-texts/" + set, "{\"texts\": [\"Unusual glaciers of " + set + " are melting!\"]}")
                .statusCode(201)
                .body("texts", equalTo(1))
                .body("leaked", equalTo(1));
        add("{\"documents\": [{\"text\": \"He said: " + leak + " fast\"}, {\"text\": \"glaciers\"}]}")
                .body("added", equalTo(1))
                .body("rejected.index", contains(0))
                .body("rejected[0].detail", containsString(set));
        given().get("/v1/sources/" + source + "/documents/" + id).then().body("leaked_from", contains(set));
        search("glaciers", "text").body("results.text", contains("glaciers"));
        given().get("/v1/evaluation-texts/" + set).then().body("leaked", equalTo(1));
        given().get("/v1/evaluation-texts").then().body("items.id", hasItem(set));

        given().delete("/v1/evaluation-texts/" + set).then().statusCode(200).body("removed", equalTo(set));
        search("glaciers", "text").statusCode(200).body("results", hasSize(2));
        problem(given().delete("/v1/evaluation-texts/" + set).then(), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"texts\": []}", "{\"texts\": [null]}", "{\"texts\": [\"x\"], \"y\": 1}"})
    void evaluationTexts_areAllTakenOrNone(String body) {
        problem(put("/v1/evaluation-texts/" + uniqueTask(), body), 422, "invalid");
    }

    @Test
    void repeatedUpload_isAnsweredByItsKeyAndNotDoneAgain() {
        String body = "{\"documents\": [{\"text\": \"once\"}]}";
        String first = keyed(body).statusCode(200).extract().asString();
        given().get("/v1/sources/" + source).then().body("documents", equalTo(1));

        assertThat(keyed(body).header("Idempotent-Replayed", "true").extract().asString())
                .isEqualTo(first);
        problem(keyed("{\"documents\": [{\"text\": \"twice\"}]}"), 422, "idempotency-mismatch");
        given().get("/v1/sources/" + source).then().body("documents", equalTo(1));
    }

    @Test
    void limits_hold() {
        String many = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> "{\"text\": \"" + i + "\"}")
                .collect(Collectors.joining(","));
        problem(add("{\"documents\": [" + many + "]}"), 413, "too-large").body("limit", equalTo(1_000));
        given().get("/v1/limits").then().body("items.name", hasItem("request_documents"));
        problem(add("{\"documents\": []}"), 422, "invalid");
        problem(add("{\"documents\": [{}], \"more\": 1}"), 422, "invalid");
        problem(add("{"), 400, "unparsable");
        problem(
                given().contentType("text/csv")
                        .body("text")
                        .post("/v1/sources/" + source + "/documents")
                        .then(),
                415,
                "unsupported-media-type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"query\": \"\"}; /query",
                "{}; /query",
                "{\"query\": \"x\", \"mode\": \"magic\"}; /mode",
                "{\"query\": \"x\", \"top_n\": 0}; /top_n",
                "{\"query\": \"x\", \"top_n\": 1001}; /top_n",
                "{\"query\": \"x\", \"sources\": []}; /sources",
                "{\"query\": \"x\", \"sources\": [\"no-such-source\"]}; /sources/0",
                "{\"query\": \"x\", \"sources\": [null]}; /sources/0"
            })
    void search_namesTheMemberAtFault(String body, String pointer) {
        problem(post("/v1/documents/search", body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @Test
    void hostileQueries_areWords() {
        add("{\"documents\": [{\"text\": \"nothing of that sort\"}]}");
        for (String query : List.of("*", "source:*", "a AND (", "\\\"", "~5", "🙂")) {
            search(query, "text").statusCode(200).body("results", empty());
        }
    }

    private ValidatableResponse add(String body) {
        return post("/v1/sources/" + source + "/documents", body);
    }

    private ValidatableResponse keyed(String body) {
        return given().contentType("application/json")
                .header("Idempotency-Key", "upload-" + source)
                .body(body)
                .post("/v1/sources/" + source + "/documents")
                .then();
    }

    private ValidatableResponse search(String query, String mode) {
        return post(
                "/v1/documents/search",
                "{\"query\": \"" + query + "\", \"sources\": [\"" + source + "\"], \"mode\": \"" + mode + "\"}");
    }
}
