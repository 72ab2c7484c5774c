// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.problem;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What never reaches a resource is a problem too. */
@QuarkusTest
final class HttpHygieneIT {
    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nowhere", "/v1", "/v1/nowhere", "/v1/limits/more", "/q/nowhere", "/index.html"})
    void unknownPath_isAProblem(String path) {
        problem(given().when().get(path).then(), 404, "not-found").body("instance", equalTo(path));
    }

    @Test
    void unknownPath_withOtherMethods_isAProblem() {
        problem(
                given().body("{}")
                        .contentType("application/json")
                        .when()
                        .post("/nowhere")
                        .then(),
                404,
                "not-found");
        problem(given().when().delete("/nowhere").then(), 404, "not-found");
        given().when().head("/nowhere").then().statusCode(404).contentType(containsString("problem+json"));
    }

    @Test
    void wrongMethod_isAProblem() {
        problem(given().when().delete("/v1/limits").then(), 405, "method-not-allowed");
        problem(
                given().body("{}")
                        .contentType("application/json")
                        .when()
                        .post("/v1/limits")
                        .then(),
                405,
                "method-not-allowed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/v1/limits; GET, HEAD, OPTIONS",
                "/v1/tasks/some; DELETE, GET, HEAD, OPTIONS, PUT",
                "/v1/tasks/some/examples/ex_1; DELETE, GET, HEAD, OPTIONS",
                "/v1/tasks/some/predictions; OPTIONS, POST",
                "/q/metrics; GET, HEAD, OPTIONS",
                "/q/health; GET, HEAD, OPTIONS",
                "/q/health/ready; GET, HEAD, OPTIONS"
            })
    void wrongMethod_isToldTheRightOnes(String path, String allowed) {
        problem(given().when().patch(path).then(), 405, "method-not-allowed").header("Allow", equalTo(allowed));
        given().when().options(path).then().statusCode(200).header("Allow", equalTo(allowed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/metrics", "/q/health", "/q/health/live"})
    void operations_areOnlyRead(String path) {
        problem(given().body("x").when().post(path).then(), 405, "method-not-allowed");
        problem(given().body("x").when().put(path).then(), 405, "method-not-allowed");
        given().when().get(path).then().statusCode(oneOf(200, 503));
    }

    /** What would be dropped silently, so that the request is about something else. */
    @ParameterizedTest
    @CsvSource({
        "PUT, /v1/tasks/some/aliases/a;b=c, problem+json, detail",
        "DELETE, /v1/tasks/some;x=1, problem+json, detail",
        "GET, /v1/tasks/some/examples/ex_1;x, problem+json, detail",
        "GET, /v1/jobs/job_1;x, problem+json, detail",
        "POST, /v1/tasks/some;/predictions, problem+json, detail",
        "PUT, /v1/sources/some;x=1, problem+json, detail",
        "GET, /v2/models/some;x=1, json, error"
    })
    void semicolonInAPath_isRefused(String method, String path, String type, String member) {
        given().urlEncodingEnabled(false)
                .contentType("application/json")
                .body("{}")
                .when()
                .request(method, URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .then()
                .statusCode(400)
                .contentType("application/" + type)
                .body(member, containsString("%3B"));
    }

    /** Unknown members of a body are refused as well. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GET; /v1/limits?x=1; no query parameters are",
                "GET; /v1/tasks?limits=1; known ones are cursor, limit",
                "DELETE; /v1/tasks/some/examples?Source=crowd; known ones are source",
                "DELETE; /v1/tasks/some/examples?source=; source is empty",
                "GET; /v1/tasks/some/examples?source=; source is empty",
                "POST; /v1/tasks/some/examples?source=; source is empty",
                "GET; /v1/audit-events?task=; task is empty",
                "GET; /v1/mistakes?task=; task is empty",
                "POST; /v1/tasks/some/predictions?mode=full; no query parameters are",
                "POST; /v1/graphs/some/imports?on_error=skip; known ones are licence, origin, source, trust",
                "GET; /problems/invalid?x=1;",
                "GET; /q/health/live?x=1;",
                "GET; /q/metrics?x=1;"
            })
    void queryParameterThatIsNotTaken_isRefused_inTheApi(String method, String path, @Nullable String detail) {
        ValidatableResponse reply = given().urlEncodingEnabled(false)
                .contentType("application/json")
                .body("{}")
                .when()
                .request(method, path)
                .then();
        if (detail == null) {
            reply.statusCode(200);
        } else {
            problem(reply, 422, "invalid").body("detail", containsString(detail));
        }
    }

    @Test
    void traceparent_isTheTraceId() {
        given().header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .when()
                .get("/nowhere")
                .then()
                .body("trace_id", equalTo("0af7651916cd43dd8448eb211c80319c"));
    }

    @Test
    void accept_isATolerantHeader() {
        problem(given().accept("text/html").when().get("/nowhere").then(), 404, "not-found");
        given().accept("*/*").when().get("/v1/limits").then().statusCode(200);
        problem(given().accept("image/png").when().get("/v1/limits").then(), 406, "not-acceptable");
    }

    @Test
    void limits_listEveryLimit() {
        given().when()
                .get("/v1/limits")
                .then()
                .statusCode(200)
                .header("X-Content-Type-Options", "nosniff")
                .body("items.name", hasItem("text_chars"))
                .body("items.find { it.name == 'inputs' }.value", equalTo(256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/limits", "/nowhere", "/q/health/live"})
    void pagesOfOtherSites_areToldNothing_andNothingIsFramed(String path) {
        for (String method : List.of("GET", "OPTIONS")) {
            given().header("Origin", "https://elsewhere.example")
                    .header("Access-Control-Request-Method", "POST")
                    .when()
                    .request(method, path)
                    .then()
                    .header("Access-Control-Allow-Origin", nullValue())
                    .header("Access-Control-Allow-Methods", nullValue())
                    .header("Server", nullValue())
                    .header("X-Powered-By", nullValue())
                    .header("X-Content-Type-Options", "nosniff")
                    .header("X-Frame-Options", "DENY")
                    .header("Referrer-Policy", "no-referrer");
        }
    }

    @Test
    void problemPage_isServed() {
        given().when().get("/problems/invalid").then().statusCode(200).body(containsString("/problems/invalid"));
        problem(given().when().get("/problems/nonsense").then(), 404, "not-found");
    }

    @Test
    void strangePaths_areProblems() {
        for (String path : new String[] {"/v1/tasks/%00", "/v1/tasks/a%2fb", "/v1/../etc"}) {
            given().urlEncodingEnabled(false)
                    .when()
                    .get(path)
                    .then()
                    .statusCode(matcher())
                    .contentType(containsString("problem+json"));
        }
    }

    private static org.hamcrest.Matcher<Integer> matcher() {
        return org.hamcrest.Matchers.oneOf(400, 404, 422);
    }
}
