// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that closes its connection is not worked for any longer, nor one whose question takes too long. */
final class ClientLeftIT {
    private static final int INPUTS = 256;
    private static final int STREAMED = 64;
    private static final Pattern RUN = Pattern.compile("(?m)^perennial_batch_size_sum (\\S+)");
    private static final long QUIET_MILLIS = 2000;

    @TempDir
    private Path home;

    @Test
    void whatIsNotReadYet_isNotRead_whenTheClientLeaves() throws Exception {
        Map<String, String> oneEncoder = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), oneEncoder)) {
            int port = service.client().port();
            double before = metric(port, RUN);
            try (Socket client = new Socket("127.0.0.1", port)) {
                client.getOutputStream().write(request());
                client.getOutputStream().flush();
                await().atMost(Duration.ofSeconds(20)).until(() -> metric(port, RUN) > before);
            }
            assertThat(settled(port) - before).isBetween(1.0, INPUTS / 2.0);
        }
    }

    @Test
    void whatTakesTooLong_isGivenUp_andSaysSo() throws Exception {
        Map<String, String> impatient =
                Map.of("perennial.members.bundled", "all-minilm-l6-v2", "perennial.limits.prediction-seconds", "1");
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), impatient)) {
            int port = service.client().port();
            try (Socket client = new Socket("127.0.0.1", port)) {
                client.getOutputStream().write(request());
                client.getOutputStream().flush();
                BufferedReader reply =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                assertThat(reply.readLine()).contains(" 503 ");
            }
            assertThat(settled(port)).isBetween(1.0, INPUTS / 2.0);
        }
    }

    @Test
    void clientThatWaitsForLess_isToldSo_andNothingIsReadForItAnyMore() throws Exception {
        Map<String, String> oneEncoder = Map.of("perennial.members.bundled", "all-minilm-l6-v2");
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), oneEncoder)) {
            int port = service.client().port();
            assertThat(ask(port, "250").body()).contains("/problems/saturated", "X-Request-Timeout-Ms, 250");
            assertThat(ask(port, "250").statusCode()).isEqualTo(503);
            assertThat(settled(port)).isBetween(1.0, INPUTS / 2.0);
            for (String unreadable : List.of("soon", "0", "-5", "1.5")) {
                assertThat(ask(port, unreadable).statusCode()).as(unreadable).isEqualTo(400);
            }
        }
    }

    private static HttpResponse<String> ask(int port, String millis) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/embeddings"))
                .header("Content-Type", "application/json")
                .header("X-Request-Timeout-Ms", millis)
                .POST(HttpRequest.BodyPublishers.ofString(body()))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void partOfAStreamThatTakesTooLong_isNotBegunAgain() throws Exception {
        Map<String, String> impatient =
                Map.of("perennial.members.bundled", "all-minilm-l6-v2", "perennial.limits.prediction-seconds", "1");
        try (ServiceProcess service = ServiceProcess.ready(home, home.resolve("data"), impatient)) {
            ServiceClient client = service.client();
            client.put(
                    "/v1/tasks/stream",
                    "{\"kind\": \"classification\", \"input\": \"text\", \"labels\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}");
            String lines = IntStream.range(0, STREAMED)
                    .mapToObj(i -> "{\"text\": \"" + ("text " + i + " ").repeat(200) + "\"}\n")
                    .collect(Collectors.joining());
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + client.port() + "/v1/tasks/stream/predictions"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(lines))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            String answers = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(answers.lines())
                    .hasSize(STREAMED)
                    .anySatisfy(line -> assertThat(line).contains("\"status\":503", "prediction_seconds"));
        }
    }

    /** How many texts were read when no more are. */
    private static double settled(int port) throws IOException, InterruptedException {
        double last = -1;
        double now = metric(port, RUN);
        while (now > last) {
            last = now;
            Thread.sleep(QUIET_MILLIS);
            now = metric(port, RUN);
        }
        return now;
    }

    /** Long texts that take some seconds together. */
    private static byte[] request() {
        String body = body();
        return ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String body() {
        String inputs = IntStream.range(0, INPUTS)
                .mapToObj(i -> "\"" + ("text " + i + " ").repeat(120) + "\"")
                .collect(Collectors.joining(","));
        return "{\"model\": \"all-minilm-l6-v2\", \"input\": [" + inputs + "]}";
    }

    private static double metric(int port, Pattern name) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/metrics"))
                .build();
        String text = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher found = name.matcher(text);
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }
}
