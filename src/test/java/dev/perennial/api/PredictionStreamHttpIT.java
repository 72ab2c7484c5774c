// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asking line by line over HTTP. */
@QuarkusTest
final class PredictionStreamHttpIT {
    private static final int LINES = 20_000;
    private static final int EVERY = 1000;
    private static final String NDJSON = "application/x-ndjson";

    @TestHTTPResource
    URL service;

    private String task;
    private String predictions;

    @BeforeEach
    void teachTask() {
        Http.awaitReady();
        task = uniqueTask();
        predictions = "/v1/tasks/" + task + "/predictions";
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
    }

    @Test
    @Timeout(120)
    void manyLines_areAnsweredInOrder_andBadOnesInTheirPlace() throws IOException, InterruptedException {
        String body = IntStream.range(0, LINES)
                .mapToObj(i -> i % EVERY == EVERY - 1 ? "{\"text\": 5}" : "\"where is card number " + i + "\"")
                .collect(Collectors.joining("\n"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(service.toString() + predictions.substring(1) + "?mode=fast&top_k=1"))
                .header("Content-Type", NDJSON)
                .timeout(Duration.ofSeconds(100))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();

        HttpResponse<java.util.stream.Stream<String>> reply =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type").orElseThrow()).startsWith(NDJSON);
        List<String> lines = reply.body().toList();
        assertThat(lines).hasSize(LINES);
        for (int i = 0; i < LINES; i++) {
            boolean bad = i % EVERY == EVERY - 1;
            assertThat(lines.get(i)).startsWith("{\"index\":" + i + ",\"status\":" + (bad ? 422 : 200) + ",");
            assertThat(lines.get(i))
                    .contains(bad ? "\"type\":\"/problems/invalid\"" : "\"members_used\":[\"fake-one\"]");
        }
    }

    @Test
    void lines_areAnsweredAsTheSameInputsInJson() {
        List<String> inJson =
                post(predictions, Examples.PREDICTION_STRINGS).extract().path("predictions.label");
        String lines = JsonPath.from(Examples.PREDICTION_STRINGS).<String>getList("inputs").stream()
                .map(text -> "{\"text\": \"" + text + "\"}\n")
                .collect(Collectors.joining());

        List<String> answers = stream("", lines.getBytes(StandardCharsets.UTF_8))
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .toList();

        assertThat(answers)
                .extracting(line -> JsonPath.from(line).getString("prediction.label"))
                .isEqualTo(inJson);
        String id = JsonPath.from(answers.get(0)).getString("prediction.id");
        post("/v1/tasks/" + task + "/feedback", "{\"prediction_id\": \"" + id + "\", \"label\": \"card_lost\"}")
                .statusCode(200);
    }

    @Test
    void inputOfAnotherKind_isAProblemOfItsLine() {
        String reply = stream("", "{\"text\": \"a\", \"text_pair\": \"b\"}\n\"a\"\n".getBytes(StandardCharsets.UTF_8))
                .statusCode(200)
                .extract()
                .asString();

        assertThat(reply.lines()).hasSize(2);
        JsonPath first = JsonPath.from(reply.lines().findFirst().orElseThrow());
        assertThat(first.getInt("status")).isEqualTo(422);
        assertThat(first.getString("title")).isNotBlank();
        assertThat(first.getString("detail")).contains("text_pair");
        assertThat(first.getString("errors[0].pointer")).isEqualTo("/text_pair");
        assertThat(first.getString("trace_id")).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @CsvSource({
        "top_k=0,422,invalid",
        "top_k=x,422,invalid",
        "mode=slow,422,invalid",
        "explain=yes,422,invalid",
        "colour=red,422,invalid",
        "top_k=1&top_k=2,422,invalid",
        "min_revision=rev_9999999999999999,503,not-ready"
    })
    void question_thatIsWrong_isRefusedAsAWhole(String query, int status, String type) {
        problem(stream("?" + query, "\"a\"\n".getBytes(StandardCharsets.UTF_8)), status, type);
    }

    @Test
    void stream_thatCannotBegin_isAProblem() throws IOException {
        byte[] line = "\"a\"\n".getBytes(StandardCharsets.UTF_8);
        problem(
                given().contentType(NDJSON + "; charset=utf-8")
                        .body(line)
                        .post("/v1/tasks/no-such-task/predictions")
                        .then(),
                404,
                "not-found");
        problem(
                given().contentType(NDJSON + "; charset=utf-16")
                        .body(line)
                        .post(predictions)
                        .then(),
                415,
                "unsupported-media-type");
        problem(
                given().contentType(NDJSON + "; charset=utf-8")
                        .header("Content-Encoding", "gzip")
                        .body(line)
                        .post(predictions)
                        .then(),
                400,
                "unparsable");
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(line);
        }
        given().contentType(NDJSON + "; charset=utf-8")
                .header("Content-Encoding", "gzip")
                .body(zipped.toByteArray())
                .post(predictions)
                .then()
                .statusCode(200);
        assertThat(stream("", new byte[0]).statusCode(200).extract().asString()).isEmpty();
    }

    @Test
    @Timeout(120)
    void clientThatDoesNotRead_isNotReadFrom_andOneThatLeavesEndsTheWork() throws IOException, InterruptedException {
        byte[] lines = "\"where is my card\"\n".repeat(3000).getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = (Integer.toHexString(lines.length) + "\r\n" + new String(lines, StandardCharsets.US_ASCII)
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        double before = answered();
        long sent = 0;
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 8192);
            client.setOption(StandardSocketOptions.SO_SNDBUF, 8192);
            client.connect(new InetSocketAddress(service.getHost(), service.getPort()));
            client.write(
                    ByteBuffer.wrap(("POST " + predictions + "?mode=fast HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                    + NDJSON + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
            client.configureBlocking(false);
            ByteBuffer next = ByteBuffer.wrap(chunk);
            for (long idle = System.nanoTime(); System.nanoTime() - idle < 5_000_000_000L; ) {
                int wrote = client.write(next);
                sent += wrote;
                idle = wrote > 0 ? System.nanoTime() : idle;
                next = next.hasRemaining() ? next : ByteBuffer.wrap(chunk);
                assertThat(sent)
                        .as("bytes taken from a client that does not read")
                        .isLessThan(64L << 20);
                if (wrote == 0) {
                    Thread.sleep(20);
                }
            }
            double answered = answered();
            Thread.sleep(1000);
            assertThat(answered()).isEqualTo(answered);
            assertThat(answered - before).isPositive().isLessThan(sent / 19.0);
        }
        Thread.sleep(1000);
        double afterLeaving = answered();
        Thread.sleep(1000);
        assertThat(answered()).isEqualTo(afterLeaving);
    }

    private ValidatableResponse stream(String query, byte[] lines) {
        return given().contentType(NDJSON + "; charset=utf-8")
                .body(lines)
                .post(predictions + query)
                .then();
    }

    /** Inputs that were answered, as the metrics count them. */
    private double answered() {
        return given().accept("text/plain")
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("perennial_predictions_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
