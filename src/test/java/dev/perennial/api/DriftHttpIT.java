// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drift over HTTP. */
@QuarkusTest
final class DriftHttpIT {
    private static final List<String> MONEY = List.of("bank", "coin", "loan", "cheque", "fee");
    private static final List<String> PARCEL = List.of("box", "courier", "stamp", "post", "van");

    private final Random random = new Random(6);

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    private String text(List<String> words) {
        return IntStream.range(0, 4)
                .mapToObj(i -> words.get(random.nextInt(words.size())))
                .collect(Collectors.joining(" ", "", " " + random.nextInt(10_000)));
    }

    private void ask(String task, int count, double money) {
        String inputs = IntStream.range(0, count)
                .mapToObj(i -> "\"" + text(random.nextDouble() < money ? MONEY : PARCEL) + "\"")
                .collect(Collectors.joining(", "));
        post("/v1/tasks/" + task + "/predictions", "{\"inputs\": [" + inputs + "]}")
                .statusCode(200);
    }

    private static String drift(String task) {
        return "/v1/tasks/" + task + "/drift";
    }

    @Test
    void shiftOfLabels_raisesAnAlarm_untilItIsForgotten() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\"}")
                .statusCode(201);
        given().get(drift(task))
                .then()
                .statusCode(200)
                .body("task", equalTo(task))
                .body("alarm", equalTo(false))
                .body("detectors.detector", equalTo(List.of("labels", "probability", "embedding", "scope")))
                .body("detectors.observed", everyItem(equalTo(0)))
                .body("detectors.p_value", everyItem(nullValue()));
        String examples = IntStream.range(0, 30)
                .mapToObj(i -> "{\"text\": \"" + text(i % 2 == 0 ? MONEY : PARCEL) + "\", \"label\": \""
                        + (i % 2 == 0 ? "money" : "parcel") + "\"}")
                .collect(Collectors.joining(", "));
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [" + examples + "]}")
                .statusCode(200);

        ask(task, 150, 0.5);
        ask(task, 150, 0.5);
        await().untilAsserted(() -> given().get(drift(task))
                .then()
                .body("alarm", equalTo(false))
                .body("detectors.observed", everyItem(equalTo(300)))
                .body("detectors.statistic", everyItem(notNullValue()))
                .body("detectors.recent_size", everyItem(equalTo(96)))
                .body("detectors.reference_size", everyItem(equalTo(192))));

        ask(task, 200, 1);
        await().untilAsserted(() -> given().get(drift(task))
                .then()
                .body("alarm", equalTo(true))
                .body("detectors[0].alarm", equalTo(true))
                .body("detectors[0].since", notNullValue())
                .body("detectors[2].alarm", equalTo(true)));
        String metrics =
                given().accept("text/plain").get("/q/metrics").then().extract().asString();
        PrometheusText read = PrometheusText.parse(metrics);
        assertThat(read.value("perennial_drift_alarm", "task", task, "detector", "labels"))
                .isEqualTo(1);
        assertThat(read.value("perennial_drift_score", "task", task, "detector", "labels"))
                .isBetween(0.2, 1.0);

        given().delete(drift(task))
                .then()
                .statusCode(200)
                .body("alarm", equalTo(false))
                .body("detectors.observed", everyItem(equalTo(0)));
        given().delete("/v1/tasks/" + task).then().statusCode(200);
        problem(given().get(drift(task)).then(), 404, "not-found");
        problem(given().delete(drift(task)).then(), 404, "not-found");
    }
}
