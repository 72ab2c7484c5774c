// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members over HTTP: listed, and refused. Taking one up would change what the other tests see. */
@QuarkusTest
final class MemberHttpIT {

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void members_sayWhatTheyAreAndHowTheyAre() {
        given().get("/v1/members").then().statusCode(200).body("items.id", hasItems("fake-one", "fake-two"));
        given().get("/v1/members/fake-one")
                .then()
                .statusCode(200)
                .body("kind", equalTo("encoder"))
                .body("dimension", equalTo(64))
                .body("digest", matchesPattern("[0-9a-f]{64}"))
                .body("revision", matchesPattern("[0-9a-f]{12}"))
                .body("pooling", equalTo("mean"))
                .body("prefix", equalTo(""))
                .body("execution_provider", equalTo("cpu"))
                .body("precision", equalTo("fp32"))
                .body("parameters", greaterThan(0))
                .body("bytes", notNullValue())
                .body("state", equalTo("ready"))
                .body("reason", nullValue())
                .body("latency.p50_seconds", greaterThan(0f));
        problem(given().get("/v1/members/nobody").then(), 404, "not-found");
        problem(given().get("/v1/members/NOBODY!").then(), 404, "not-found");
    }

    @Test
    void badFolder_isRefusedByTheJobWithTheReason() {
        String location = post("/v1/members", "{\"id\": \"stranger\", \"folder\": \"some/bad\"}")
                .statusCode(202)
                .body("kind", equalTo("member-registration"))
                .body("subject", equalTo("stranger"))
                .extract()
                .header("Location");

        awaitFailure(location);
        given().get(URI.create(location).getPath())
                .then()
                .body("problem.type", equalTo("/problems/invalid"))
                .body("problem.status", equalTo(422))
                .body("problem.errors[0].pointer", equalTo("/model"))
                .body("problem.errors[0].detail", equalTo("The model gives numbers that are not finite."));
        given().get("/v1/members/stranger")
                .then()
                .statusCode(200)
                .body("state", equalTo("failed"))
                .body("reason", equalTo("The model gives numbers that are not finite."))
                .body("dimension", nullValue());
    }

    @Test
    void archive_isRefusedWhenItIsNone() {
        String location = given().contentType("application/zip")
                .body(new byte[] {1, 2, 3})
                .post("/v1/members?id=zipped")
                .then()
                .statusCode(202)
                .extract()
                .header("Location");

        awaitFailure(location);
    }

    @Test
    void refusedMember_canBeRemoved() {
        String location = post("/v1/members", "{\"id\": \"unwanted\", \"folder\": \"some/bad\"}")
                .statusCode(202)
                .extract()
                .header("Location");
        awaitFailure(location);

        given().delete("/v1/members/unwanted").then().statusCode(200).body("removed", equalTo("unwanted"));
        problem(given().get("/v1/members/unwanted").then(), 404, "not-found");
        problem(given().delete("/v1/members/unwanted").then(), 404, "not-found");
        given().get("/v1/members").then().body("items.id", not(hasItem("unwanted")));
    }

    @Test
    void servingMember_cannotBeRemoved() {
        problem(given().delete("/v1/members/fake-one").then(), 409, "conflict")
                .body("detail", containsString("a table that was distilled"));
        given().get("/v1/members/fake-one").then().body("state", equalTo("ready"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"folder\": \"f\"}; /id",
                "{\"id\": \"Upper\", \"folder\": \"f\"}; /id",
                "{\"id\": \"x\"}; /folder",
                "{\"id\": \"x\", \"folder\": \"../etc\"}; /folder",
                "{\"id\": \"x\", \"folder\": \"f\", \"url\": \"u\"}; /url"
            })
    void registration_namesTheMemberAtFault(String body, String pointer) {
        problem(post("/v1/members", body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @Test
    void takenIdsAndOtherMediaTypes_areRefused() {
        problem(post("/v1/members", "{\"id\": \"fake-one\", \"folder\": \"f\"}"), 409, "conflict");
        problem(post("/v1/members", "{\"id\": \"ensemble\", \"folder\": \"f\"}"), 409, "conflict");
        problem(
                given().contentType("application/zip")
                        .body(new byte[1])
                        .post("/v1/members")
                        .then(),
                422,
                "invalid");
        problem(given().contentType("text/plain").body("x").post("/v1/members").then(), 415, "unsupported-media-type");
    }

    @Test
    void repeatedRegistration_isAnsweredByItsKeyAndNotDoneAgain() {
        String body = "{\"id\": \"once\", \"folder\": \"some/bad\"}";
        Response first =
                keyed("member-key-1").contentType("application/json").body(body).post("/v1/members");
        assertThat(first.statusCode()).isEqualTo(202);
        awaitFailure(first.header("Location"));

        keyed("member-key-1")
                .contentType("application/json")
                .body(body)
                .post("/v1/members")
                .then()
                .statusCode(202)
                .header("Idempotent-Replayed", "true")
                .header("Location", first.header("Location"))
                .body("id", equalTo(first.path("id")));
        problem(
                keyed("member-key-1")
                        .contentType("application/json")
                        .body("{\"id\": \"twice\", \"folder\": \"some/bad\"}")
                        .post("/v1/members")
                        .then(),
                422,
                "idempotency-mismatch");
    }

    @Test
    void repeatedArchive_isAnsweredByItsKeyAndNotDoneAgain() {
        Response first = archive("archive-key-1", "sent-once", 1);
        assertThat(first.statusCode()).isEqualTo(202);
        awaitFailure(first.header("Location"));

        archive("archive-key-1", "sent-once", 1)
                .then()
                .statusCode(202)
                .header("Idempotent-Replayed", "true")
                .body("id", equalTo(first.path("id")));
        problem(archive("archive-key-1", "sent-once", 2).then(), 422, "idempotency-mismatch");
        problem(archive("archive-key-1", "sent-twice", 1).then(), 422, "idempotency-mismatch");
    }

    @Test
    void membersThatCannotBeRefreshed_sayWhy() {
        problem(post("/v1/members/nobody/refreshes", "{}"), 404, "not-found");
        problem(post("/v1/members/NOBODY!/refreshes", "{}"), 404, "not-found");
        problem(post("/v1/members/fake-one/refreshes", "{}"), 422, "invalid").body("errors.pointer", hasItem("/tasks"));
        problem(given().delete("/v1/members/fake-one/refreshes").then(), 409, "conflict")
                .body("detail", containsString("nothing to go back from"));
        problem(given().delete("/v1/members/nobody/refreshes").then(), 404, "not-found");
    }

    @Test
    void refresh_namesTheMemberOfTheBodyAtFault() {
        problem(post("/v1/members/fake-one/refreshes", "{\"tasks\": [\"no-such-task\", null]}"), 422, "invalid")
                .body("errors.pointer", hasItems("/tasks/0", "/tasks/1"));
        problem(post("/v1/members/fake-one/refreshes", "{\"strategy\": \"all\"}"), 422, "invalid")
                .body("errors.pointer", hasItem("/strategy"));
        problem(post("/v1/members/fake-one/refreshes", "{\"merge\": \"average\"}"), 422, "invalid")
                .body("errors.pointer", hasItem("/merge"))
                .body("errors.detail", hasItem(containsString("line-merge")));
        problem(
                given().contentType("text/plain")
                        .body("x")
                        .post("/v1/members/fake-one/refreshes")
                        .then(),
                415,
                "unsupported-media-type");
    }

    @Test
    void textsWithoutLabels_areTakenForTheirObjectiveAlone_andAreGoneWhenTheJobHasEnded() {
        String task = Http.uniqueTask();
        Http.put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\", \"labels\": []}");
        StringBuilder examples = new StringBuilder("{\"examples\": [");
        for (int i = 0; i < 20; i++) {
            examples.append(i == 0 ? "" : ",")
                    .append("{\"text\": \"")
                    .append(i % 2 == 0 ? "the parcel is late, number " : "the lamp is broken, number ")
                    .append(i)
                    .append("\", \"label\": \"")
                    .append(i % 2 == 0 ? "late" : "broken")
                    .append("\"}");
        }
        post("/v1/tasks/" + task + "/examples", examples + "]}").statusCode(200);
        String texts = "\"texts\": [\"where is my crimson umbrella\", \"it never came\"]";
        String path = "/v1/members/fake-one/refreshes";
        problem(post(path, "{\"tasks\": [\"" + task + "\"], " + texts + "}"), 422, "invalid")
                .body("errors.pointer", hasItem("/texts"));
        problem(post(path, "{\"tasks\": [\"" + task + "\"], \"texts\": [null]}"), 422, "invalid")
                .body("errors.pointer", hasItem("/texts/0"));

        String job = post(
                        path,
                        "{\"strategy\": \"lora\", \"objective\": \"self-contrast\", \"tasks\": [\"" + task + "\"], "
                                + texts + "}")
                .statusCode(202)
                .extract()
                .header("Location");
        awaitEnd(job);

        String told = given().get(job)
                .then()
                .body("status", equalTo("succeeded"))
                .body("result.promoted", equalTo(false))
                .body("result.report.strategies[0].objective", equalTo("self-contrast"))
                .body("result.report.strategies[0].examples", equalTo(20))
                .extract()
                .asString();
        assertThat(told).doesNotContain("umbrella");
    }

    @Test
    void adaptedEncoderThatIsNoBetter_isRejected_withAReport_andNothingChanges() {
        String task = Http.uniqueTask();
        String refresh = "{\"strategy\": \"lora\", \"tasks\": [\"" + task + "\"]}";
        Http.put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\", \"labels\": []}");
        problem(post("/v1/members/fake-one/refreshes", refresh), 409, "conflict")
                .body("detail", containsString("at least 16 examples"));
        StringBuilder examples = new StringBuilder("{\"examples\": [");
        for (int i = 0; i < 20; i++) {
            examples.append(i == 0 ? "" : ",")
                    .append("{\"text\": \"")
                    .append(i % 2 == 0 ? "my card is gone, number " : "please open a new account, number ")
                    .append(i)
                    .append("\", \"label\": \"")
                    .append(i % 2 == 0 ? "lost" : "new")
                    .append("\"}");
        }
        post("/v1/tasks/" + task + "/examples", examples + "]}").statusCode(200);
        String answer = answer(task);

        String job = post("/v1/members/fake-one/refreshes", refresh)
                .statusCode(202)
                .body("kind", equalTo("member-adaptation"))
                .extract()
                .header("Location");
        awaitEnd(job);

        given().get(job)
                .then()
                .body("status", equalTo("succeeded"))
                .body("result.promoted", equalTo(false))
                .body("result.member", equalTo("fake-one"))
                .body("result.group", equalTo("g-" + task))
                .body("result.report.strategies[0].way", equalTo("own"))
                .body("result.report.strategies[0].passes", equalTo(false))
                .body("result.report.strategies[0].strategy", equalTo("lora"))
                .body("result.report.strategies[0].examples", equalTo(20))
                .body("result.report.strategies[0].reason", containsString("chance"))
                .body("result.report.strategies[0].trainings.size()", equalTo(4));
        assertThat(answer(task)).isEqualTo(answer);
    }

    @Test
    void tableOfAnEncoder_joinsTheMembers_andIsRemovedAgain() {
        String task = Http.uniqueTask();
        Http.put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\", \"labels\": []}");
        post(
                        "/v1/tasks/" + task + "/examples",
                        "{\"examples\": [{\"text\": \"rain\", \"label\": \"a\"}, {\"text\": \"sun\", \"label\": \"b\"}]}")
                .statusCode(200);
        String answer = answer(task);
        String body = "{\"kind\": \"static\", \"of\": \"fake-two\"}";

        awaitEnd(post("/v1/members", body).statusCode(202).extract().header("Location"));

        given().get("/v1/members/static-fake-two")
                .then()
                .body("kind", equalTo("static"))
                .body("of", equalTo("fake-two"))
                .body("digest", matchesPattern("[0-9a-f]{64}"))
                .body("state", equalTo("ready"));
        given().get("/v1/members/fake-two").then().body("of", nullValue());
        post("/v1/tasks/" + task + "/predictions", "{\"inputs\": [\"rain\"], \"mode\": \"fast\"}")
                .body("predictions[0].members_used", equalTo(List.of("static-fake-two")));
        problem(post("/v1/members", body), 409, "conflict").body("detail", containsString("static-fake-two"));

        awaitEnd(given().delete("/v1/members/static-fake-two")
                .then()
                .statusCode(202)
                .body("kind", equalTo("member-removal"))
                .extract()
                .header("Location"));
        problem(given().get("/v1/members/static-fake-two").then(), 404, "not-found");
        assertThat(answer(task)).isEqualTo(answer);
        post("/v1/tasks/" + task + "/predictions", "{\"inputs\": [\"rain\"], \"mode\": \"fast\"}")
                .body("predictions[0].members_used", equalTo(List.of("fake-one")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"kind\": \"static\"}; /of",
                "{\"kind\": \"static\", \"of\": \"nobody\"}; /of",
                "{\"kind\": \"static\", \"of\": \"fake-one\", \"folder\": \"f\"}; /folder",
                "{\"kind\": \"static\", \"of\": \"fake-one\", \"id\": \"first\"}; /id",
                "{\"id\": \"x\", \"folder\": \"f\", \"of\": \"fake-one\"}; /of",
                "{\"kind\": \"adapted\", \"of\": \"fake-one\"}; /kind"
            })
    void distillation_namesTheMemberAtFault(String body, String pointer) {
        problem(post("/v1/members", body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    private static String answer(String task) {
        return post(
                        "/v1/tasks/" + task + "/predictions",
                        "{\"inputs\": [\"a little rain\"], \"mode\": \"full\", \"explain\": true}")
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("predictions[0].members");
    }

    private static void awaitEnd(String location) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get(URI.create(location).getPath()).path("status"), equalTo("succeeded"));
    }

    private static Response archive(String key, String id, int content) {
        return keyed(key)
                .contentType("application/zip")
                .body(new byte[] {(byte) content})
                .post("/v1/members?id=" + id);
    }

    private static RequestSpecification keyed(String key) {
        return given().header("Idempotency-Key", key);
    }

    private static void awaitFailure(String location) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get(URI.create(location).getPath()).path("status"), equalTo("failed"));
    }
}
