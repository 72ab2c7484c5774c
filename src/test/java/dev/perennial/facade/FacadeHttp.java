// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What the tests of façades over HTTP share. */
final class FacadeHttp {
    private static final AtomicInteger TASKS = new AtomicInteger();

    private FacadeHttp() {}

    static void awaitReady() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/v2/health/ready").statusCode() == 200);
    }

    static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    /** A task that knows two labels by two examples each. */
    static String taughtTask(String kind) {
        String task = "f" + Long.toString(System.nanoTime(), 36) + "-" + TASKS.incrementAndGet();
        given().contentType("application/json")
                .body("{\"kind\": \"" + kind + "\"}")
                .put("/v1/tasks/" + task)
                .then()
                .statusCode(201);
        String member = kind.equals("multilabel") ? "labels" : "label";
        post("/v1/tasks/" + task + "/examples", """
                        {"examples": [{"text": "my card is gone", "@": "lost"}, {"text": "I lost my card", "@": "lost"},
                          {"text": "where is my new card", "@": "late"}, {"text": "the card did not come", "@": "late"}]}""".replace("@", member)
                        .replaceAll("\"labels\": (\"[a-z]+\")", "\"labels\": [$1]"))
                .statusCode(200);
        return task;
    }
}
