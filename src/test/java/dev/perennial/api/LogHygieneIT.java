// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No line of the log holds what a client has sent, whoever writes it: line ends in it would forge others. */
@QuarkusTest
final class LogHygieneIT {
    private static final String MARK = "zxqmark";
    /** As it is in JSON: ends of lines of several kinds, a colour, and what looks like a line of the log. */
    private static final String FORGED = MARK + "\\r\\n2030-01-01 00:00:00 INFO forged \\u001B[31m\\u2028\\u0085x";

    private final Logger root = Logger.getLogger("");
    private final Level level = root.getLevel();
    private final Lines lines = new Lines();

    /** All that is logged, with what it is about. */
    private static final class Lines extends Handler {
        private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord record) {
            StringBuilder line = new StringBuilder(String.valueOf(record.getMessage()));
            line.append(' ').append(Arrays.toString(record.getParameters()));
            for (Throwable thrown = record.getThrown(); thrown != null; thrown = thrown.getCause()) {
                line.append(' ').append(thrown);
            }
            told.add(MessageFormat.format("{0}: {1}", record.getLoggerName(), line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        Http.awaitReady();
        // As much as the service logs outside of tests.
        root.setLevel(Level.INFO);
        root.addHandler(lines);
    }

    @AfterEach
    void listenNoMore() {
        root.removeHandler(lines);
        root.setLevel(level);
    }

    private void assertNothingTold() {
        assertThat(lines.told).noneMatch(line -> line.contains(MARK));
    }

    @Test
    void whatIsListenedTo_isTheLog() {
        Logger.getLogger("dev.perennial.test").info("said " + MARK);
        assertThat(lines.told).anyMatch(line -> line.contains(MARK));
    }

    @Test
    void textsLabelsAndIds_areInNoLine() {
        String task = "/v1/tasks/" + uniqueTask();
        put(task, "{\"kind\": \"classification\", \"instruction\": \"" + FORGED + "\"}");
        String row = "{\"text\": \"" + FORGED + "\", \"label\": \"" + MARK + "\", \"external_id\": \"" + FORGED + "\"}";
        post(task + "/examples", "{\"examples\": [" + row + ", {\"text\": \"" + MARK + " two\", \"label\": \"b\"}]}")
                .statusCode(200);
        post(task + "/predictions", "{\"inputs\": [\"" + FORGED + "\"], \"explain\": true}")
                .statusCode(200);
        post(task + "/feedback", "{\"text\": \"" + FORGED + "\", \"label\": \"" + FORGED + "\"}");
        post("/v1/embeddings", "{\"model\": \"" + FORGED + "\", \"input\": \"" + FORGED + "\"}");
        post("/v1/classify", "{\"inputs\": [\"" + FORGED + "\"], \"examples\": [{\"text\": \"" + FORGED + "\"}]}");
        put("/v1/sources/s", "{\"origin\": \"" + FORGED + "\"}");
        assertNothingTold();
    }

    @Test
    void whatCannotBeRead_isInNoLine() {
        List<String> bodies = new ArrayList<>(List.of(
                "{\"" + MARK + "\": 1}",
                "{\"inputs\": " + MARK,
                MARK,
                "{\"inputs\": [\"" + MARK + "\uD800\"]}",
                "[".repeat(2_000) + MARK));
        for (String body : bodies) {
            post("/v1/tasks/none/predictions", body);
            put("/v1/tasks/" + uniqueTask(), body);
        }
        given().urlEncodingEnabled(false).get("/v1/tasks/" + MARK + "%0D%0Aforged");
        given().urlEncodingEnabled(false).get("/v1/limits?" + MARK + "=%0D%0A" + MARK);
        given().urlEncodingEnabled(false).get("/" + MARK + "/%7F");
        given().header("If-Match", MARK).header("Idempotency-Key", MARK + " x").delete("/v1/tasks/none");
        given().header("Authorization", "Bearer " + MARK).get("/v1/tasks");
        given().header("traceparent", MARK).header("Accept", MARK).get("/v1/limits");
        given().header("Content-Type", MARK + "/x").post("/v1/tasks/none/predictions");
        assertNothingTold();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "application/ld+json; {\"@id\": \"http://e/a\", \"http://e/n\": {\"@value\": \"x\", \"@language\": \"zxqmark\\n\"}}",
                "application/ld+json; {\"@id\": \"zx qmark zxqmark\", \"@zxqmark\": 1, \"http://e/n\": \"x\"}",
                "application/ld+json; [zxqmark",
                "application/rdf+xml; <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><zxqmark/>",
                "application/rdf+xml; <!DOCTYPE zxqmark [<!ENTITY zxqmark SYSTEM 'file:///zxqmark'>]><a>&zxqmark;</a>",
                "text/turtle; <zxqmark> a <zxqmark> zxqmark .",
                "application/n-triples; <zxqmark <http://e/r> \"zxqmark",
                "text/csv; `\"zxqmark\nzxqmark,\"\"a`",
                "text/tab-separated-values; zxqmark"
            })
    void graphs_areInNoLine(String type, String file) {
        String graph = uniqueTask();
        put("/v1/graphs/" + graph, "{\"description\": \"" + FORGED + "\"}");
        Response accepted = given().config(RestAssuredConfig.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                                .encodeContentTypeAs(type, ContentType.TEXT)))
                .contentType(type)
                .body(file.getBytes(StandardCharsets.UTF_8))
                .post("/v1/graphs/" + graph + "/imports");
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        String job = URI.create(accepted.header("Location")).getPath();
        await().atMost(Duration.ofSeconds(180)).until(() -> given().get(job).path("finished_at") != null);
        assertNothingTold();
    }
}
