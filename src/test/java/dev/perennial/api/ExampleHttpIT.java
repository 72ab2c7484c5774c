// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Teaching and forgetting over HTTP. */
@QuarkusTest
final class ExampleHttpIT {
    private String task;
    private String examples;

    @BeforeEach
    void defineTask() {
        Http.awaitReady();
        task = uniqueTask();
        examples = "/v1/tasks/" + task + "/examples";
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
    }

    @Test
    void teach_storesWhatItAcknowledges() {
        List<String> ids = post(examples, Examples.TEACHING)
                .statusCode(200)
                .body("revision", startsWith("rev_"))
                .body("taught", equalTo(4))
                .body("duplicates", equalTo(0))
                .body("rejected", hasSize(0))
                .body("examples_total", equalTo(4))
                .extract()
                .path("example_ids");

        assertThat(ids).hasSize(4).doesNotHaveDuplicates();
        given().get(examples)
                .then()
                .statusCode(200)
                .body("items.id", equalTo(ids))
                .body("next_cursor", nullValue());
        given().get(examples + "/" + ids.get(3))
                .then()
                .statusCode(200)
                .body("text", equalTo("is my card on its way yet?"))
                .body("label", equalTo("card_arrival"))
                .body("external_id", equalTo("m-17"))
                .body("weight", equalTo(1.0f));
        problem(given().get(examples + "/ex_0000").then(), 404, "not-found");
        problem(given().get(examples + "/..%2f..").then(), 404, "not-found");
    }

    @Test
    void teach_again_reportsDuplicates() {
        post(examples, Examples.TEACHING).statusCode(200);

        post(examples, Examples.TEACHING)
                .statusCode(200)
                .body("taught", equalTo(0))
                .body("duplicates", equalTo(4))
                .body("examples_total", equalTo(4));
    }

    @Test
    void teach_ndjsonAndCsv_areReadToo() {
        given().contentType("application/x-ndjson; charset=utf-8")
                .body((Examples.TEACHING_NDJSON + "{broken\n").getBytes(StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(2))
                .body("rejected.index", contains(2));
        given().contentType("text/csv; charset=utf-8")
                .body(Examples.TEACHING_CSV.getBytes(StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(2))
                .body("examples_total", equalTo(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\": \"\", \"label\": \"a\"}",
                "{\"text\": \" \\t \", \"label\": \"a\"}",
                "{\"label\": \"a\"}",
                "{\"text\": null, \"label\": \"a\"}",
                "{\"text\": 7, \"label\": \"a\"}",
                "{\"text\": \"x\"}",
                "{\"text\": \"x\", \"label\": \"\"}",
                "{\"text\": \"x\", \"label\": \"a\\u0007b\"}",
                "{\"text\": \"x\", \"label\": [\"a\"]}",
                "{\"text\": \"x\", \"labels\": [\"a\"]}",
                "{\"text\": \"x\", \"score\": 1}",
                "{\"text\": \"x\\u0000y\", \"label\": \"a\"}",
                "{\"text\": \"x\\ud800\", \"label\": \"a\"}",
                "{\"text\": \"x\", \"label\": \"a\\udc00\"}",
                "{\"text\": \"x\", \"text_pair\": \"y\", \"label\": \"a\"}",
                "{\"text\": \"x\", \"label\": \"a\", \"weight\": 0}",
                "{\"text\": \"x\", \"label\": \"a\", \"weight\": -1}",
                "{\"text\": \"x\", \"label\": \"a\", \"weight\": 1e9}",
                "{\"text\": \"x\", \"label\": \"a\", \"weight\": 1e999}",
                "{\"text\": \"x\", \"label\": \"a\", \"weight\": \"1\"}",
                "{\"text\": \"x\", \"label\": \"a\", \"colour\": \"red\"}",
                "{\"text\": \"x\", \"label\": \"CARD_LOST\"}",
                "{\"text\": \"x\", \"label\": \"card\uFF3Flost\"}",
                "\"x\"",
                "null",
                "[]"
            })
    void teach_badRow_isRejectedAndTheGoodOnesAreKept(String row) {
        String body = "{\"examples\": [{\"text\": \"first\", \"label\": \"card_lost\"}, " + row
                + ", {\"text\": \"third\", \"label\": \"card_arrival\"}]}";

        post(examples, body)
                .statusCode(200)
                .body("taught", equalTo(2))
                .body("rejected.index", contains(1))
                .body("examples_total", equalTo(2));
    }

    @Test
    void teach_newLabels_mayNotLookAlike() {
        String body =
                "{\"examples\": [{\"text\": \"one\", \"label\": \"Refund\"}, {\"text\": \"two\", \"label\": \"refund\"},"
                        + "{\"text\": \"three\", \"label\": \" Refund \"}]}";

        post(examples, body).statusCode(200).body("taught", equalTo(2)).body("rejected.index", contains(1));
    }

    @Test
    void teach_onlyUnacceptableValues_teachesNothing() {
        post(examples, "{\"examples\": [{\"text\": \"\", \"label\": \"a\"}]}")
                .statusCode(200)
                .body("taught", equalTo(0))
                .body("rejected.index", contains(0))
                .body("revision", startsWith("rev_"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"examples\": \"x\"}; 422; invalid",
                "{\"samples\": []}; 422; invalid",
                "{\"examples\": [], \"colour\": 1}; 422; invalid",
                "[]; 422; invalid",
                "{}; 422; invalid",
                "{\"examples\": [{\"text\": \"x\", \"label\": \"a\"}; 400; unparsable",
                "{\"examples\": [{\"text\": \"x\", \"text\": \"y\", \"label\": \"a\"}]}; 400; unparsable",
                "{\"examples\": []} {}; 400; unparsable",
                "{\"examples\": [{\"text\": \"x\", \"label\": \"a\", \"weight\": NaN}]}; 400; unparsable",
                "{'examples': []}; 400; unparsable",
                "``; 400; unparsable",
                "null; 422; invalid"
            })
    void teach_wrongDocument_isRefusedAsAWhole(String body, int status, String type) {
        problem(post(examples, body), status, type);
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(0));
    }

    @Test
    void teach_notUtf8_isRefused() {
        byte[] latin1 =
                "{\"examples\": [{\"text\": \"caf\u00e9\", \"label\": \"a\"}]}".getBytes(StandardCharsets.ISO_8859_1);

        problem(
                given().contentType("application/json")
                        .body(latin1)
                        .post(examples)
                        .then(),
                400,
                "unparsable");
    }

    @Test
    void teach_deeplyNested_isRefused() {
        problem(post(examples, "{\"examples\": [" + "[".repeat(2000)), 400, "unparsable");
        problem(post(examples, "{\"examples\": [" + "[".repeat(50) + "]".repeat(50) + "]}"), 400, "unparsable");
    }

    @Test
    void teach_gzip_isInflatedWithinTheLimit() throws IOException {
        given().contentType("application/json")
                .header("Content-Encoding", "gzip")
                .body(gzip(Examples.TEACHING.getBytes(StandardCharsets.UTF_8)))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(4));
        problem(
                        given().contentType("application/json")
                                .header("Content-Encoding", "gzip")
                                .body(gzip(new byte[64 << 20]))
                                .post(examples)
                                .then(),
                        413,
                        "too-large")
                .body("limit", equalTo(8 << 20));
        problem(
                given().contentType("application/json")
                        .header("Content-Encoding", "gzip")
                        .body("not gzip".getBytes(StandardCharsets.UTF_8))
                        .post(examples)
                        .then(),
                400,
                "unparsable");
        problem(
                given().contentType("application/json")
                        .header("Content-Encoding", "br")
                        .body(new byte[] {1})
                        .post(examples)
                        .then(),
                415,
                "unsupported-media-type");
    }

    @Test
    void teach_tooManyBytes_namesTheLimit() {
        byte[] body = new byte[(8 << 20) + 1];

        problem(
                        given().contentType("application/json")
                                .body(body)
                                .post(examples)
                                .then(),
                        413,
                        "too-large")
                .body("limit", equalTo(8 << 20))
                .body("actual", equalTo((8 << 20) + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\": \"x\", \"label\": \"a\", \"colour\": 1}",
                "{\"text\": 5, \"label\": \"a\"}",
                "\"x\"",
                "{\"text\": \"x\", \"label\": 5}"
            })
    void teach_oneUnreadableRow_isRejectedAsItIsBesideGoodOnes(String row) {
        post(examples, "{\"examples\": [" + row + "]}")
                .statusCode(200)
                .body("taught", equalTo(0))
                .body("rejected.index", contains(0));
        given().contentType("application/x-ndjson; charset=utf-8")
                .body((row + "\n").getBytes(StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(0))
                .body("rejected.index", contains(0));
    }

    @Test
    void teach_aLabelThatIsTooLong_isRejectedWithBothLengths() {
        String label = "l".repeat(201);

        post(examples, "{\"examples\": [{\"text\": \"x\", \"label\": \"" + label + "\"}]}")
                .statusCode(200)
                .body("rejected.detail", contains("label is longer than 200 characters: 201."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iso-8859-15", "utf-16", "nonsense", "\"windows-1252\""})
    void teach_inAnotherCharset_isRefused(String charset) {
        for (String type : List.of("application/json", "application/x-ndjson", "text/csv")) {
            problem(
                            given().header("Content-Type", type + "; charset=" + charset)
                                    .body("x".getBytes(StandardCharsets.UTF_8))
                                    .post(examples)
                                    .then(),
                            415,
                            "unsupported-media-type")
                    .body("detail", containsString("charset=utf-8"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "text/csv"})
    void teach_inLatin1_isReadAsItSays(String type) {
        String body = type.equals("text/csv") ? "text,label\ncafé,é\n" : "{\"text\": \"café\", \"label\": \"é\"}\n";
        given().header("Content-Type", type + "; charset=ISO-8859-1")
                .body(body.getBytes(StandardCharsets.ISO_8859_1))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(1));
        given().get(examples).then().body("items[0].text", equalTo("café")).body("items[0].label", equalTo("é"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "us-ascii", "UTF-8", "\"utf-8\"", "utf8"})
    void teach_inUtf8_mayBeSaid(String charset) {
        given().header("Content-Type", "application/json; charset=" + charset)
                .body(Examples.TEACHING.getBytes(StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(200)
                .body("taught", equalTo(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x"})
    void teach_otherMediaType_isRefused(String type) {
        problem(
                given().contentType(type)
                        .body("x".getBytes(StandardCharsets.UTF_8))
                        .post(examples)
                        .then(),
                415,
                "unsupported-media-type");
    }

    @Test
    void idempotencyKey_repeatsTheReply() {
        String first =
                keyed("key-1", Examples.TEACHING).statusCode(200).extract().asString();

        keyed("key-1", Examples.TEACHING)
                .statusCode(200)
                .header("Idempotent-Replayed", equalTo("true"))
                .body(equalTo(first));
        problem(keyed("key-1", "{\"examples\": []}"), 422, "idempotency-mismatch");
        problem(keyed("k".repeat(201), Examples.TEACHING), 413, "too-large");
        problem(keyed("k k", Examples.TEACHING), 422, "invalid");
        keyed("key-2", "{\"examples\": [{\"text\": \"\", \"label\": \"a\"}]}").statusCode(200);
        keyed("key-2", "{\"examples\": [{\"text\": \"\", \"label\": \"a\"}]}")
                .header("Idempotent-Replayed", equalTo("true"));
    }

    @Test
    void teach_moreThanASyncTeaching_becomesAJob() {
        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 201; i++) {
            rows.append("row number ").append(i).append(i % 2 == 0 ? ",card_lost\n" : ",card_arrival\n");
        }
        rows.append("\"broken\n");
        String location = given().contentType("text/csv; charset=utf-8")
                .body(rows.toString().getBytes(StandardCharsets.UTF_8))
                .post(examples)
                .then()
                .statusCode(202)
                .body("status", equalTo("queued"))
                .extract()
                .header("Location");

        assertThat(location).startsWith("/v1/jobs/job_");
        await().atMost(java.time.Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(201)));
    }

    @Test
    void list_pagesInTheOrderOfTeaching() {
        post(examples, Examples.TEACHING).statusCode(200);
        List<String> all = given().get(examples).then().extract().path("items.id");
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            var page = given().queryParam("limit", 3)
                    .queryParam("cursor", cursor)
                    .get(examples)
                    .then()
                    .extract();
            List<String> ids = page.path("items.id");
            seen.addAll(ids);
            cursor = page.path("next_cursor");
        }
        assertThat(seen).isEqualTo(all);
    }

    @Test
    void forget_givesAReceipt() {
        List<String> ids = post(examples, Examples.TEACHING).extract().path("example_ids");

        given().delete(examples + "/" + ids.get(0))
                .then()
                .statusCode(200)
                .body("removed", equalTo(ids.get(0)))
                .body("revision", startsWith("rev_"))
                .body("head_digest_before.length()", equalTo(64))
                .body("head_digest_after.length()", equalTo(64));
        problem(given().delete(examples + "/" + ids.get(0)).then(), 404, "not-found");
        given().get(examples).then().body("items", hasSize(3));
    }

    @Test
    void unknownTask_isNotFound() {
        problem(post("/v1/tasks/no-such-task/examples", Examples.TEACHING), 404, "not-found");
        problem(given().get("/v1/tasks/no-such-task/examples").then(), 404, "not-found");
        problem(given().delete("/v1/tasks/no-such-task/examples/ex_1").then(), 404, "not-found");
    }

    @Test
    void teach_scores_mustBeNumbersWithinTheRange() {
        String pairs = uniqueTask();
        put("/v1/tasks/" + pairs, Examples.REGRESSION).statusCode(201);

        post(
                        "/v1/tasks/" + pairs + "/examples",
                        "{\"examples\": [{\"text\": \"a\", \"text_pair\": \"b\", \"score\": 2},"
                                + "{\"text\": \"a\", \"text_pair\": \"b\", \"score\": 5.01},"
                                + "{\"text\": \"a\", \"text_pair\": \"b\", \"score\": \"NaN\"},"
                                + "{\"text\": \"a\", \"text_pair\": \"b\", \"score\": 1e999},"
                                + "{\"text\": \"a\", \"text_pair\": \"b\", \"score\": null},"
                                + "{\"text\": \"a\", \"score\": 1},"
                                + "{\"text\": \"a\", \"text_pair\": \"c\", \"label\": \"x\"}]}")
                .statusCode(200)
                .body("taught", equalTo(1))
                .body("rejected.index", contains(1, 2, 3, 4, 5, 6));
    }

    private io.restassured.response.ValidatableResponse keyed(String key, String body) {
        return given().header("Idempotency-Key", key)
                .contentType("application/json")
                .body(body)
                .post(examples)
                .then();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }
}
