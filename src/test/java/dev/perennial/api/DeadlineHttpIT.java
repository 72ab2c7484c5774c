// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that were over before their bodies had arrived, whatever they ask for. */
@QuarkusTest
final class DeadlineHttpIT {
    private static final String ONE_MILLISECOND = "X-Request-Timeout-Ms: 1\r\n";

    @TestHTTPResource
    URL service;

    private String task;

    @BeforeEach
    void teachTask() {
        Http.awaitReady();
        task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "/v1/tasks/{task}/predictions; {\"inputs\": [\"where is it\"], \"mode\": \"fast\"}",
                "/v1/tasks/{task}/predictions; {\"inputs\": [\"where is it\"], \"explain\": true}",
                "/v1/predictions; {\"tasks\": [\"{task}\"], \"inputs\": [\"where is it\"], \"mode\": \"fast\"}",
                "/v1/embeddings; {\"model\": \"fake-one\", \"input\": \"where is it\"}",
                "/v1/similarity; {\"pairs\": [[\"where is it\", \"here\"]]}",
                "/v1/rerank; {\"query\": \"where is it\", \"documents\": [\"here\"]}",
                "/v1/documents/search; {\"query\": \"where is it\", \"mode\": \"text\"}",
                "/v1/documents/search; {\"query\": \"where is it\", \"mode\": \"hybrid\"}"
            })
    void requestWhoseTimeIsOver_isNotAnswered(String path, String body) throws Exception {
        String there = path.replace("{task}", task);
        String asked = body.replace("{task}", task);
        post(there, asked).statusCode(200);

        assertThat(reply(there, ONE_MILLISECOND, asked))
                .startsWith("HTTP/1.1 503 ")
                .contains("/problems/saturated", "X-Request-Timeout-Ms, 1");
    }

    @Test
    void twoTimes_areRefused() throws Exception {
        String twice = "X-Request-Timeout-Ms: 1000000\r\nX-Request-Timeout-Ms: 2000000\r\n";
        String asked = "{\"inputs\": [\"where is it\"]}";

        assertThat(reply("/v1/tasks/" + task + "/predictions", twice, asked))
                .startsWith("HTTP/1.1 400 ")
                .contains("/problems/unparsable", "X-Request-Timeout-Ms");
    }

    /** The body comes some time after the head, with which the request arrives. */
    private String reply(String path, String headers, String body) throws IOException, InterruptedException {
        byte[] sent = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + sent.length + "\r\n" + headers + "\r\n";
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Thread.sleep(200);
            out.write(sent);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
