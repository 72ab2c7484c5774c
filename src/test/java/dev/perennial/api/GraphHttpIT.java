// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Knowledge graphs over HTTP: defined, imported, removed by source, and edited entity by entity. */
@QuarkusTest
final class GraphHttpIT {
    private static final String OSLO = "http://example.org/oslo";
    private static final String TRIPLES = """
            <http://example.org/oslo> <http://www.w3.org/2000/01/rdf-schema#label> "Oslo"@en .
            <http://example.org/oslo> <http://example.org/in> <http://example.org/norway> .
            """;
    private static final String TSV = "oslo\tlabel@en\tOslo\noslo\tin\tnorway\noslo\tin\tnorway\n";

    private final String graph = Http.uniqueTask();

    @BeforeEach
    void defineGraph() {
        Http.awaitReady();
        put(path(""), "{\"description\": \"for a test\"}").statusCode(201);
    }

    @Test
    void graphs_areDefinedListedAndRemoved() {
        awaitServing();
        String tag = given().get(path(""))
                .then()
                .statusCode(200)
                .body("id", equalTo(graph))
                .body("description", equalTo("for a test"))
                .body("revision", matchesPattern("rev_[0-9]{16}"))
                .body("statements_total", equalTo(0))
                .extract()
                .header("ETag");
        given().header("If-None-Match", tag).get(path("")).then().statusCode(304);
        put(path(""), "{}").statusCode(200).body("description", equalTo(""));
        problem(
                given().header("If-Match", tag)
                        .contentType("application/json")
                        .body("{}")
                        .put(path(""))
                        .then(),
                412,
                "precondition-failed");
        given().get("/v1/graphs?limit=1000").then().statusCode(200).body("items.id", hasItem(graph));
        given().get("/v1/graphs?limit=1").then().body("items", hasSize(1));

        given().delete(path("")).then().statusCode(200).body("removed", equalTo(graph));
        problem(given().get(path("")).then(), 404, "not-found");
        problem(given().delete(path("")).then(), 404, "not-found");
        given().get("/v1/graphs?limit=1000").then().body("items.id", not(hasItem(graph)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%2e%2e", "..", ".%2E", "%2e", "%2e%2e/", "p;q=1", "x/", "%ff", "%c3%28"})
    void idsThatWouldBeTidiedUp_areRefused(String id) {
        for (String method : new String[] {"DELETE", "PUT"}) {
            RequestSpecification request = given().urlEncodingEnabled(false);
            if (method.equals("PUT")) {
                request.contentType("application/json").body("{}");
            }
            request.request(method, URI.create(RestAssured.baseURI + ":" + RestAssured.port + path("/entities/") + id))
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("detail", containsString("percent-encode"));
        }
        given().get(path("")).then().statusCode(200).body("description", equalTo("for a test"));
    }

    @Test
    void wrongDefinitions_areRefused() {
        problem(put("/v1/graphs/Upper", "{}"), 422, "invalid");
        problem(put(path(""), "{\"name\": \"x\"}"), 422, "invalid").body("errors.pointer", hasItem("/name"));
        problem(put(path(""), "{\"description\": \"" + "x".repeat(2_001) + "\"}"), 413, "too-large");
        for (String unknown : new String[] {"/sources", "/entities/x"}) {
            problem(given().get("/v1/graphs/no-such-graph" + unknown).then(), 404, "not-found");
        }
        problem(imported("no-such-graph", "text/turtle", TRIPLES).then(), 404, "not-found");
        problem(given().get("/v1/graphs/UPPER").then(), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/n-triples", "application/n-quads", "text/turtle", "application/trig"})
    void aFile_isImportedByAJob(String mediaType) {
        Response accepted = imported(graph, mediaType, TRIPLES);
        accepted.then()
                .statusCode(202)
                .header("Location", equalTo("/v1/jobs/" + accepted.path("id")))
                .body("kind", equalTo("graph-import"))
                .body("subject", equalTo(graph));
        awaitEnd(accepted, "succeeded")
                .body("result.revision", matchesPattern("rev_[0-9]{16}"))
                .body("result.statements", equalTo(2))
                .body("result.repeated", equalTo(0))
                .body("result.skipped", equalTo(0))
                .body("result.faults", hasSize(0))
                .body("progress.done", equalTo(TRIPLES.length()))
                .body("progress.total", equalTo(TRIPLES.length()))
                .body("progress.unit", equalTo("bytes"));
        entity(OSLO)
                .then()
                .statusCode(200)
                .body("labels.en", equalTo("Oslo"))
                .body("triples[0].tail", equalTo("http://example.org/norway"))
                .body("edited", equalTo(false))
                .body("sources", hasItem("upload"));
        given().get(path("")).then().body("statements_total", equalTo(2));
    }

    @Test
    void otherForms_areImportedToo() {
        awaitEnd(imported(graph, "text/tab-separated-values", TSV), "succeeded")
                .body("result.statements", equalTo(2))
                .body("result.repeated", equalTo(1));
        String xml = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:s='https://schema.org/'>"
                + "<rdf:Description rdf:about='http://example.org/b'><s:name>Bergen</s:name></rdf:Description></rdf:RDF>";
        awaitEnd(imported(graph, "application/rdf+xml", xml), "succeeded");
        String json = "{\"@id\": \"http://example.org/h\", \"http://schema.org/name\": \"Hamar\"}";
        awaitEnd(imported(graph, "application/ld+json", json), "succeeded");
        awaitEnd(
                request("text/csv", "code,name,borders\nNO,Norway,SE|FI\n")
                        .queryParam("entity_column", "code")
                        .queryParam("label_columns", "name")
                        .queryParam("relation_columns", "borders")
                        .queryParam("language", "en")
                        .post(path("/imports")),
                "succeeded");
        entity("oslo").then().statusCode(200).body("labels.en", equalTo("Oslo"));
        entity("http://example.org/b").then().body("labels.und", equalTo("Bergen"));
        entity("http://example.org/h").then().body("labels.und", equalTo("Hamar"));
        entity("NO").then().body("labels.en", equalTo("Norway")).body("triples.tail", hasItems("SE", "FI"));
    }

    @Test
    void aBrokenLine_undoesAll_orIsLeftOutAndReported() {
        String file = TSV + "secret\n";
        awaitEnd(imported(graph, "text/tab-separated-values", file), "failed")
                .body("problem.type", equalTo("/problems/invalid"))
                .body("problem.detail", containsString("Line 4 has 1 fields"))
                .body("problem.detail", not(containsString("secret")));
        given().get(path("/sources")).then().body("items", hasSize(0));
        problem(entity("oslo").then(), 404, "not-found")
                .body("detail", containsString("no entity of this id with a statement about it"));

        awaitEnd(
                        request("text/tab-separated-values", file)
                                .queryParam("on_error", "skip")
                                .post(path("/imports")),
                        "succeeded")
                .body("result.statements", equalTo(2))
                .body("result.skipped", equalTo(1))
                .body("result.faults[0].line", equalTo(4));
    }

    @Test
    void hostileFiles_failWithWhatToDo() {
        String doctype = "<!DOCTYPE rdf:RDF [<!ENTITY x \"y\">]><rdf:RDF/>";
        awaitEnd(imported(graph, "application/rdf+xml", doctype), "failed")
                .body("problem.detail", containsString("DOCTYPE"));
        String context = "{\"@context\": \"http://127.0.0.1:1/context\", \"name\": \"x\"}";
        awaitEnd(imported(graph, "application/ld+json", context), "failed")
                .body("problem.detail", containsString("lies elsewhere"));
        given().get(path("/sources")).then().body("items", hasSize(0));
    }

    @Test
    void sources_sayWhereStatementsComeFrom_andGoWithThem() {
        awaitEnd(
                request("text/tab-separated-values", TSV)
                        .queryParam("source", "atlas-1.0")
                        .queryParam("origin", "https://example.org/atlas")
                        .queryParam("licence", "CC0-1.0")
                        .queryParam("trust", "0.75")
                        .post(path("/imports")),
                "succeeded");
        awaitEnd(
                request("text/tab-separated-values", "oslo\tin\tnorway\n")
                        .queryParam("source", "other")
                        .post(path("/imports")),
                "succeeded");
        given().get(path("/sources"))
                .then()
                .statusCode(200)
                .body("items.id", equalTo(java.util.List.of("atlas-1.0", "other")))
                .body("items[0].origin", equalTo("https://example.org/atlas"))
                .body("items[0].licence", equalTo("CC0-1.0"))
                .body("items[0].trust", equalTo(0.75f))
                .body("items[0].statements_total", equalTo(2));
        String next = given().get(path("/sources?limit=1"))
                .then()
                .body("items.id", equalTo(java.util.List.of("atlas-1.0")))
                .extract()
                .path("next_cursor");
        given().get(path("/sources?limit=1&cursor=" + next))
                .then()
                .body("items.id", equalTo(java.util.List.of("other")))
                .body("next_cursor", nullValue());
        problem(given().get(path("/sources?limit=0")).then(), 422, "invalid");
        problem(given().get(path("/sources?cursor=x")).then(), 422, "invalid");
        given().delete(path("/sources/atlas-1.0"))
                .then()
                .statusCode(200)
                .body("removed", equalTo("atlas-1.0"))
                .body("revision", matchesPattern("rev_[0-9]{16}"));
        entity("oslo").then().body("labels.en", nullValue()).body("triples", hasSize(1));
        problem(given().delete(path("/sources/atlas-1.0")).then(), 404, "not-found");
        problem(given().delete(path("/sources/NO!")).then(), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "source, edits",
        "source, Upper",
        "trust, 1.5",
        "trust, much",
        "on_error, perhaps",
        "language, en_US",
        "on_eror, skip"
    })
    void wrongSettings_areRefused(String name, String value) {
        problem(
                        request("text/tab-separated-values", TSV)
                                .queryParam(name, value)
                                .post(path("/imports"))
                                .then(),
                        422,
                        "invalid")
                .body("detail", containsString("query parameter"));
    }

    @Test
    void wrongBodies_areRefused() throws IOException {
        problem(imported(graph, "text/plain", TSV).then(), 415, "unsupported-media-type");
        problem(imported(graph, "application/xml", "<a/>").then(), 415, "unsupported-media-type");
        problem(post(path("/imports"), "{\"bundled\": \"dbpedia\"}"), 422, "invalid")
                .body("errors.pointer", hasItem("/bundled"));
        problem(post(path("/imports"), "{}"), 422, "invalid");
        problem(
                request("text/tab-separated-values", "x")
                        .header("Content-Encoding", "gzip")
                        .post(path("/imports"))
                        .then(),
                400,
                "unparsable");
        problem(
                        imported(graph, "text/tab-separated-values", "x".repeat(1_000_001))
                                .then(),
                        413,
                        "too-large")
                .body("limit", equalTo(1_000_000));
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(TSV.getBytes(StandardCharsets.UTF_8));
        }
        Response accepted = given().config(plain())
                .contentType("text/tab-separated-values")
                .header("Content-Encoding", "gzip")
                .body(zipped.toByteArray())
                .post(path("/imports"));
        awaitEnd(accepted, "succeeded").body("result.statements", equalTo(2));
    }

    @Test
    void repeatedImport_isAnsweredByItsKeyAndNotDoneAgain() {
        Response first = keyed("graph-key-" + graph, TSV);
        assertThat(first.statusCode()).isEqualTo(202);
        awaitEnd(first, "succeeded");
        keyed("graph-key-" + graph, TSV)
                .then()
                .statusCode(202)
                .header("Idempotent-Replayed", "true")
                .body("id", equalTo(first.path("id")));
        problem(keyed("graph-key-" + graph, TSV + TSV).then(), 422, "idempotency-mismatch");
    }

    @Test
    void anEntity_isSaidAnew_andSourcesAreHeardAgainWhenThatIsTakenBack() {
        awaitEnd(imported(graph, "application/n-triples", TRIPLES), "succeeded");
        String body = """
                {"labels": {"en": "Oslo", "nb": "Oslo by"}, "aliases": {"en": ["Christiania"], "und": ["Kristiania"]},
                 "description": "the capital of Norway",
                 "triples": [{"relation": "capital_of", "tail": "norway"}],
                 "attributes": [{"attribute": "population", "value": "709037"}]}""";
        for (int i = 0; i < 2; i++) {
            given().contentType("application/json")
                    .body(body)
                    .put(path("/entities/{entity}"), OSLO)
                    .then()
                    .statusCode(200)
                    .body("revision", matchesPattern("rev_[0-9]{16}"))
                    .body("entity.id", equalTo(OSLO));
        }
        entity(OSLO)
                .then()
                .statusCode(200)
                .body("graph", equalTo(graph))
                .body("labels.nb", equalTo("Oslo by"))
                .body("aliases.en", hasItem("Christiania"))
                .body("aliases.und", hasItem("Kristiania"))
                .body("description.und", equalTo("the capital of Norway"))
                .body("triples", hasSize(1))
                .body("triples[0].relation", equalTo("capital_of"))
                .body("attributes[0].attribute", equalTo("population"))
                .body("attributes[0].value", equalTo("709037"))
                .body("statements_total", equalTo(7))
                .body("truncated", equalTo(false))
                .body("edited", equalTo(true))
                .body("sources", hasItem("edits"));
        given().delete(path("/entities/{entity}"), OSLO).then().statusCode(200).body("reverted", equalTo(OSLO));
        entity(OSLO).then().body("edited", equalTo(false)).body("labels.en", equalTo("Oslo"));
        problem(given().delete(path("/entities/{entity}"), OSLO).then(), 404, "not-found")
                .body("detail", containsString("no entity of this id for which something was put in the graph"));
        given().contentType("application/json")
                .body("{}")
                .put(path("/entities/{entity}"), OSLO)
                .then()
                .statusCode(200);
        entity(OSLO).then().statusCode(200).body("statements_total", equalTo(0)).body("edited", equalTo(true));
    }

    @Test
    void anEntity_mayHaveAnyName() {
        for (String id : new String[] {"a b", "a/b", "100%", "Ødegård?#", "_:job_1/x", "http://a/"}) {
            given().contentType("application/json")
                    .body("{\"labels\": \"here\"}")
                    .put(path("/entities/{entity}"), id)
                    .then()
                    .statusCode(200)
                    .body("entity.id", equalTo(id))
                    .body("entity.labels.und", equalTo("here"));
            entity(id).then().statusCode(200).body("id", equalTo(id));
        }
        given().urlEncodingEnabled(false)
                .get(path("/entities/a/b"))
                .then()
                .statusCode(200)
                .body("id", equalTo("a/b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"labels\": {\"en_US\": \"x\"}}; /labels",
                "{\"labels\": {\"en\": \"\"}}; /labels",
                "{\"labels\": {\"en\": null}}; /labels",
                "{\"aliases\": {\"en\": null}}; /aliases",
                "{\"triples\": [{\"relation\": \"r\"}]}; /triples/0/tail",
                "{\"triples\": [null]}; /triples/0",
                "{\"attributes\": [{\"value\": \"v\"}]}; /attributes/0/attribute",
                "{\"label\": \"x\"}; /label"
            })
    void wrongEntities_nameTheMemberAtFault(String body, String pointer) {
        problem(put(path("/entities/x"), body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @Test
    void largeEntities_areRefused() {
        problem(put(path("/entities/" + "x".repeat(2_049)), "{}"), 413, "too-large");
        problem(put(path("/entities/x"), "{\"labels\": \"" + "x".repeat(65_537) + "\"}"), 413, "too-large");
        String triple = "{\"relation\": \"r\", \"tail\": \"t\"},";
        problem(
                put(
                        path("/entities/x"),
                        "{\"triples\": [" + triple.repeat(1_000) + "{\"relation\": \"r\", \"tail\": \"u\"}]}"),
                413,
                "too-large");
    }

    @Test
    void wordNet_isImportedByOneCall() {
        Response accepted = given().contentType("application/json")
                .body("{\"bundled\": \"wordnet-3.1\"}")
                .post(path("/imports"));
        awaitEnd(accepted, "succeeded").body("result.statements", greaterThan(600_000));
        entity("wn:02086723-n")
                .then()
                .body("labels.en", equalTo("dog"))
                .body("triples.relation", hasItem("hypernym"))
                .body("sources", hasItem("wordnet-3.1"));
        given().get(path("/sources")).then().body("items[0].licence", containsString("WordNet"));
        given().delete(path("")).then().statusCode(200);
    }

    @Test
    void limits_areListed() {
        given().get("/v1/limits")
                .then()
                .body(
                        "items.name",
                        hasItems("graph_import_bytes", "graph_statements", "literal_bytes", "entity_statements"));
    }

    /** Until the graph has been read that was defined a moment ago. */
    private void awaitServing() {
        await().until(() -> given().get(path("")).path("vectors") != null);
    }

    private String path(String rest) {
        return "/v1/graphs/" + graph + rest;
    }

    private Response entity(String id) {
        return given().get(path("/entities/{entity}"), id);
    }

    private static Response imported(String graph, String mediaType, String file) {
        return request(mediaType, file).post("/v1/graphs/" + graph + "/imports");
    }

    private Response keyed(String key, String file) {
        return request("text/tab-separated-values", file)
                .header("Idempotency-Key", key)
                .post(path("/imports"));
    }

    private static RequestSpecification request(String mediaType, String file) {
        return given().config(plain()).contentType(mediaType).body(file.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends what it is given. */
    private static io.restassured.config.RestAssuredConfig plain() {
        EncoderConfig encoder =
                EncoderConfig.encoderConfig().appendDefaultContentCharsetToContentTypeIfUndefined(false);
        for (String type : new String[] {
            "text/turtle",
            "application/n-triples",
            "application/n-quads",
            "application/trig",
            "application/rdf+xml",
            "application/ld+json",
            "text/tab-separated-values",
            "text/csv"
        }) {
            encoder = encoder.encodeContentTypeAs(type, ContentType.BINARY);
        }
        return RestAssured.config().encoderConfig(encoder);
    }

    private static ValidatableResponse awaitEnd(Response accepted, String status) {
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        String job = URI.create(accepted.header("Location")).getPath();
        await().atMost(Duration.ofSeconds(180)).until(() -> given().get(job).path("finished_at") != null);
        return given().get(job).then().body("status", equalTo(status));
    }
}
