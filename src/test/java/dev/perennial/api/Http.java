// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests over HTTP share. */
final class Http {
    private static final AtomicInteger TASKS = new AtomicInteger();

    private Http() {}

    static void awaitReady() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    static String uniqueTask() {
        return "t" + Long.toString(System.nanoTime(), 36) + "-" + TASKS.incrementAndGet();
    }

    static ValidatableResponse put(String path, String body) {
        return given().contentType("application/json").body(body).put(path).then();
    }

    static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    static ValidatableResponse problem(ValidatableResponse reply, int status, String type) {
        return reply.statusCode(status)
                .contentType(containsString("application/problem+json"))
                .body("type", equalTo("/problems/" + type))
                .body("status", equalTo(status))
                .body("title", not(equalTo("")))
                .body("detail", not(equalTo("")))
                .body("trace_id", matchesPattern("[0-9a-f]{32}"));
    }
}
