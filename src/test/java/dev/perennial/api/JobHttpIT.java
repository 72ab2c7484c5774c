// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long work over HTTP: large uploads, their progress, their end. */
@QuarkusTest
final class JobHttpIT {
    @TestHTTPResource
    URI server;

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void largeUpload_isTaughtByAJobThatReportsItsRows() {
        String task = task();
        String location = upload(task, 1100);

        given().get(location)
                .then()
                .statusCode(200)
                .body("id", equalTo(location.substring("/v1/jobs/".length())))
                .body("kind", equalTo("teaching"))
                .body("subject", equalTo(task))
                .body("progress.total", equalTo(1100))
                .body("progress.unit", equalTo("examples"))
                .body("created_at", notNullValue());
        awaitEnd(location, "succeeded");
        given().get(location)
                .then()
                .body("result.taught", equalTo(1100))
                .body("result.duplicates", equalTo(0))
                .body("result.rejected[0].index", equalTo(1100))
                .body("result.rejected_total", equalTo(1))
                .body("result.examples_total", equalTo(1100))
                .body("progress.done", equalTo(1100))
                .body("finished_at", notNullValue())
                .body("problem", nullValue());
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(1100));
    }

    @Test
    void events_endWithDoneAndGoOnAfterTheLastOneSeen() throws Exception {
        String location = upload(task(), 201);

        List<String> all = events(location, "");
        assertThat(all).anyMatch(line -> line.startsWith("retry:"));
        assertThat(all).contains("event:log", "event:progress", "event:done");
        assertThat(all.stream().filter(line -> line.startsWith("event:")).reduce((a, b) -> b))
                .contains("event:done");
        List<Integer> ids = all.stream()
                .filter(line -> line.startsWith("id:"))
                .map(line -> Integer.valueOf(line.substring(3).strip()))
                .toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates().startsWith(1);

        List<String> rest = events(location, "2");
        assertThat(rest.stream().filter(line -> line.startsWith("id:")).findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line.substring(3).strip()).isEqualTo("3"));
        List<String> none = events(location, Integer.toString(ids.get(ids.size() - 1)));
        assertThat(none).contains("event:done");
        assertThat(events(location, "99999")).contains("event:done");
    }

    @Test
    void finishedJob_cannotBeCancelled() {
        String location = upload(task(), 201);
        awaitEnd(location, "succeeded");

        problem(given().delete(location).then(), 409, "conflict");
    }

    @Test
    void waitingJobs_areCancelledAndListed() {
        String task = task();
        String first = upload(task, 1002);
        String second = upload(task, 1003);

        int status = given().delete(second).then().extract().statusCode();
        assertThat(status).isIn(200, 202);
        awaitEnd(second, "cancelled");
        awaitEnd(first, "succeeded");
        given().get("/v1/jobs?limit=1000").then().statusCode(200).body("items.id", hasItem(second.substring(9)));
        given().get("/v1/jobs?limit=1").then().body("next_cursor", notNullValue());
    }

    @Test
    void unknownJobs_areNotFound() {
        problem(given().get("/v1/jobs/job_0000").then(), 404, "not-found");
        problem(given().get("/v1/jobs/job_0000/events").then(), 404, "not-found");
        problem(given().delete("/v1/jobs/job_0000").then(), 404, "not-found");
        problem(given().get("/v1/jobs/anything").then(), 404, "not-found");
    }

    private List<String> events(String location, String lastEventId) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(location + "/events"))
                .header("Accept", "text/event-stream")
                .timeout(Duration.ofSeconds(60));
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<java.util.stream.Stream<String>> reply =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        return reply.body().map(line -> line.replaceFirst(": ", ":")).toList();
    }

    private static String task() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, "{\"kind\": \"classification\"}").statusCode(201);
        return task;
    }

    private static String upload(String task, int rows) {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (int i = 0; i < rows; i++) {
            csv.append("text number ").append(i).append(",label ").append(i % 3).append('\n');
        }
        csv.append(",label 0\n");
        String location = given().contentType("text/csv; charset=utf-8")
                .body(csv.toString())
                .post("/v1/tasks/" + task + "/examples")
                .then()
                .statusCode(202)
                .extract()
                .header("Location");
        return URI.create(location).getPath();
    }

    private static void awaitEnd(String location, String status) {
        await().atMost(Duration.ofSeconds(90)).until(() -> given().get(location).path("status"), equalTo(status));
    }
}
