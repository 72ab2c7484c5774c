// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Knowledge graphs that serve: linking, tasks that listen, vectors and how good they are. */
@QuarkusTest
final class ServedGraphHttpIT {
    private static final String[] KINDS = {"fruit", "metal", "river"};
    private static final int OF_EACH_KIND = 20;
    private static final int TAUGHT = 14;

    private final String graph = Http.uniqueTask();
    private final String task = Http.uniqueTask();

    @BeforeEach
    void importGraph() {
        Http.awaitReady();
        put(path(""), "{}").statusCode(201);
        StringBuilder lines = new StringBuilder();
        for (int k = 0; k < KINDS.length; k++) {
            for (int i = 0; i < OF_EACH_KIND; i++) {
                lines.append(name(k, i) + "\tlabel@en\t" + name(k, i) + "\n");
                lines.append(name(k, i) + "\tdescription@en\t" + KINDS[k] + " " + KINDS[k] + "\n");
                lines.append(name(k, i) + "\tnext\t" + name(k, (i + 1) % OF_EACH_KIND) + "\n");
            }
        }
        done(given().contentType("text/tab-separated-values")
                .body(lines.toString().getBytes(StandardCharsets.UTF_8))
                .post(path("/imports"))
                .then());
    }

    @AfterEach
    void remove() {
        given().delete("/v1/tasks/" + task);
        given().delete(path(""));
    }

    /** Words that have no letters in common by which their kind could be told. */
    private static String name(int kind, int number) {
        return Integer.toString((kind + 7) * 7919 * 7919 + number * 104_729 * 31, 36) + "q";
    }

    @Test
    void mentions_areLinked() {
        post(path("/links"), "{\"texts\": [\"about " + name(0, 3) + " and " + name(1, 4) + "\", \"nothing\"]}")
                .statusCode(200)
                .body("graph", equalTo(graph))
                .body("links[0].entities.entity", contains(name(0, 3), name(1, 4)))
                .body("links[0].entities[0].start", equalTo(6))
                .body("links[1].entities", hasSize(0));
    }

    @Test
    void mentions_lieWhereTheyWereSent() {
        put(path("/entities/cafe"), "{\"labels\": {\"fr\": \"Café Zürich\"}}").statusCode(200);
        String[] before = {"", "\ud83d\ude00 ", "e\u0301te\u0301 ", "\uff21\uff22 ", "한글 "};
        String[] mentions = {"Café Zürich", "Cafe\u0301 Zu\u0308rich"};
        for (String first : before) {
            for (String mention : mentions) {
                post(path("/links"), "{\"texts\": [\"" + first + mention + " today\"]}")
                        .statusCode(200)
                        .body("links[0].entities.entity", contains("cafe"))
                        .body("links[0].entities[0].mention", equalTo(mention))
                        .body("links[0].entities[0].start", equalTo(first.length()))
                        .body("links[0].entities[0].end", equalTo(first.length() + mention.length()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"texts\": []}", "{\"texts\": [null]}", "{\"texts\": \"a\"}", "{\"text\": \"a\"}"})
    void wrongLinkRequests_areRefused(String body) {
        post(path("/links"), body).statusCode(422);
    }

    @Test
    void newEntity_isLinkedByTheNextRequest() {
        put(path("/entities/quux"), "{\"labels\": {\"en\": \"Quuxia\"}, \"description\": \"fruit\"}")
                .statusCode(200);
        post(path("/links"), "{\"texts\": [\"we saw Quuxia there\"]}")
                .body("links[0].entities.entity", contains("quux"));
        given().delete(path("/entities/quux")).then().statusCode(200);
        post(path("/links"), "{\"texts\": [\"we saw Quuxia there\"]}").body("links[0].entities", hasSize(0));
    }

    @Test
    void entities_areFoundByNameAndByAPartOfIt() {
        String whole = name(2, 5);
        given().queryParam("query", whole)
                .get(path("/entities"))
                .then()
                .statusCode(200)
                .body("items[0].id", equalTo(whole))
                .body("items[0].description", equalTo("river river"));
        given().queryParam("query", whole.substring(0, whole.length() - 1))
                .queryParam("limit", 1000)
                .get(path("/entities"))
                .then()
                .body("items.id", hasItem(whole));
    }

    @Test
    void taskWhoseAnswersTheGraphKnows_listensToIt() {
        teach();
        String body = "{\"inputs\": [\"what is " + name(2, TAUGHT + 1) + "\"], \"mode\": \"full\", \"explain\": true}";
        post("/v1/tasks/" + task + "/predictions", body)
                .statusCode(200)
                .body("predictions[0].label", equalTo("river"))
                .body("predictions[0].members_used", hasItem("graph." + graph))
                .body("predictions[0].entities[0].entity", equalTo(name(2, TAUGHT + 1)))
                .body("predictions[0].entities[0].weight", greaterThan(0f))
                .body("predictions[0].without.graph", hasItem(graph));
        given().get("/v1/members/graph." + graph).then().statusCode(200).body("kind", equalTo("knowledge"));
        given().get("/v1/tasks/" + task)
                .then()
                .body("precisions", not(equalTo(null)))
                .body("precisions.'graph." + graph + "'", equalTo(null));
        given().get("/v1/tasks/" + task + "/knowledge")
                .then()
                .statusCode(200)
                .body("graphs.find { it.graph == '" + graph + "' }.listened", equalTo(true))
                .body("graphs.find { it.graph == '" + graph + "' }.with.accuracy", greaterThan(0.9f));
    }

    @Test
    void taskGoesOn_whenItsGraphIsGone() {
        teach();
        given().delete(path("")).then().statusCode(200);
        String body = "{\"inputs\": [\"what is " + name(0, 1) + "\"], \"mode\": \"full\", \"explain\": true}";
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> post("/v1/tasks/" + task + "/predictions", body)
                        .statusCode(200)
                        .body("predictions[0].label", equalTo("fruit"))
                        .body("predictions[0].members_used", not(hasItem("graph." + graph))));
    }

    private void teach() {
        put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"input\": \"text\"}")
                .statusCode(201);
        StringBuilder examples = new StringBuilder();
        for (int k = 0; k < KINDS.length; k++) {
            for (int i = 0; i < TAUGHT; i++) {
                examples.append(examples.isEmpty() ? "" : ",")
                        .append("{\"text\": \"what is " + name(k, i) + "\", \"label\": \"" + KINDS[k] + "\"}");
            }
        }
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [" + examples + "]}")
                .statusCode(200);
    }

    @ParameterizedTest
    @CsvSource({"complex, 8", "distmult, 8", "rotate, 8", "transe, 8"})
    void vectors_areTrainedServedAndEvaluated(String model, int dimension) {
        done(post(path("/embeddings"), "{\"model\": \"" + model + "\", \"dimension\": 8, \"epochs\": 3}"))
                .body("result.vectors", equalTo(KINDS.length * OF_EACH_KIND))
                .body("result.dimension", equalTo(dimension));
        given().get("/v1/members/graph." + graph).then().body("dimension", equalTo(dimension + 1));
        String heldOut = name(0, 1) + "\tnext\t" + name(0, 2) + "\nnobody\tnext\t" + name(0, 2) + "\n";
        done(given().contentType("text/tab-separated-values")
                        .body(heldOut)
                        .post(path("/evaluations"))
                        .then())
                .body("result.triples", equalTo(1))
                .body("result.unknown", equalTo(1))
                .body("result.filter", equalTo(0))
                .body("result.mrr", greaterThan(0f));
        given().get(path(""))
                .then()
                .body("vectors.kind", equalTo("trained"))
                .body("vectors.job", matchesPattern("job_.*"))
                .body("vectors.stale", equalTo(false))
                .body("vectors.dimension", equalTo(dimension))
                .body("state", equalTo("current"));
        put(path("/entities/other"), "{\"labels\": \"other\"}").statusCode(200);
        given().get(path(""))
                .then()
                .body("vectors.stale", equalTo(true))
                .body("entities_total", equalTo(KINDS.length * OF_EACH_KIND + 1));

        done(post(path("/embeddings"), "{\"model\": \"textual\", \"member\": \"fake-two\"}"))
                .body("result.dimension", equalTo(64));
        given().get("/v1/members/graph." + graph).then().body("dimension", equalTo(65));
    }

    /** Whatever else would be ranked higher is said to be right. */
    @Test
    void evaluation_isFilteredByWhatIsSaidToBeRight() {
        done(post(path("/embeddings"), "{\"model\": \"complex\", \"dimension\": 8, \"epochs\": 1}"));
        String heldOut = name(0, 1) + "\\tnext\\t" + name(1, 7) + "\\n";
        StringBuilder right = new StringBuilder();
        for (int k = 0; k < KINDS.length; k++) {
            for (int i = 0; i < OF_EACH_KIND; i++) {
                right.append(name(0, 1) + "\\tnext\\t" + name(k, i) + "\\n");
                right.append(name(k, i) + "\\tnext\\t" + name(1, 7) + "\\n");
            }
        }
        String asked = "{\"triples\": \"" + heldOut + "\"";
        float alone = done(post(path("/evaluations"), asked + "}"))
                .body("result.filter", equalTo(0))
                .extract()
                .path("result.mrr");
        assertThat(alone).isLessThan(1);
        done(post(path("/evaluations"), asked + ", \"filter\": \"" + right + "nobody\\tnext\\tnobody\\n\"}"))
                .body("result.mrr", equalTo(1f))
                .body("result.triples", equalTo(1))
                .body("result.filter_unknown", equalTo(1));
    }

    @Test
    void wrongEvaluations_areRefused() {
        problem(post(path("/evaluations"), "{\"filter\": \"a\\tb\\tc\"}"), 422, "invalid")
                .body("errors.pointer", hasItem("/triples"));
        problem(post(path("/evaluations"), "{\"triples\": \"a\\tb\\tc\", \"dev\": \"\"}"), 422, "invalid")
                .body("errors.pointer", hasItem("/dev"));
    }

    @Test
    void cancelledTraining_saysNoMoreThanThat() {
        String job = post(path("/embeddings"), "{\"model\": \"complex\", \"epochs\": 10000}")
                .statusCode(202)
                .extract()
                .path("id");
        await().until(() -> "running".equals(given().get("/v1/jobs/" + job).path("status")));
        given().delete("/v1/jobs/" + job);
        await().until(() -> "cancelled".equals(given().get("/v1/jobs/" + job).path("status")));
        given().get("/v1/jobs/" + job).then().body("progress.message", equalTo("cancelled"));
    }

    @Test
    void entities_comeInPages() {
        List<String> all = given().get(path("/entities?limit=1000")).path("items.id");
        assertThat(all).hasSize(KINDS.length * OF_EACH_KIND).isSorted();
        List<String> paged = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = given().queryParam("cursor", cursor)
                    .queryParam("limit", 7)
                    .get(path("/entities"))
                    .jsonPath();
            paged.addAll(page.getList("items.id"));
            cursor = page.get("next_cursor");
        }
        assertThat(paged).isEqualTo(all);

        put(path("/entities/named"), "{\"labels\": \"" + name(0, 0) + "\"}").statusCode(200);
        put(path("/entities/parted"), "{\"labels\": \"the " + name(0, 0) + "\"}")
                .statusCode(200);
        JsonPath first = given().queryParam("query", name(0, 0))
                .queryParam("limit", 1)
                .get(path("/entities"))
                .jsonPath();
        List<String> rest = given().queryParam("query", name(0, 0))
                .queryParam("cursor", first.getString("next_cursor"))
                .get(path("/entities"))
                .path("items.id");
        assertThat(first.getList("items.id")).hasSize(1);
        assertThat(rest)
                .hasSize(2)
                .doesNotContain(first.getString("items[0].id"))
                .endsWith("parted");
        problem(given().queryParam("cursor", "not ours").get(path("/entities")).then(), 422, "invalid");
    }

    @Test
    void vectorsOfAFile_areTakenByName() {
        String file = "2 3\n" + name(0, 0) + " 1 0 0\nsomebody 0 1 0\n";
        done(given().contentType("text/plain").body(file).post(path("/vectors")).then())
                .body("result.vectors", equalTo(1))
                .body("result.dimension", equalTo(3));
    }

    @ParameterizedTest
    @CsvSource({
        "/vectors, text/plain, '2 3\nb 0 1 0\n', '2 3\nb 0 0 1\n'",
        "/evaluations, text/tab-separated-values, 'a\tb\tc\n', 'a\tb\td\n'",
        "/evaluations, application/json, '{\"triples\": \"a\\tb\\tc\"}', '{\"triples\": \"a\\tb\\td\"}'"
    })
    void requestThatIsSentAgainWithItsKey_getsTheSameJob(String what, String type, String body, String other) {
        String key = Http.uniqueTask();
        String first = keyed(key, what, type, body).statusCode(202).extract().path("id");

        keyed(key, what, type, body).statusCode(202).body("id", equalTo(first));
        problem(keyed(key, what, type, other), 422, "idempotency-mismatch");

        await().until(() -> List.of("failed", "succeeded")
                .contains(given().get("/v1/jobs/" + first).<String>path("status")));
    }

    private ValidatableResponse keyed(String key, String what, String type, String body) {
        return given().contentType(type)
                .header("Idempotency-Key", key)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .post(path(what))
                .then();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"model\": \"word2vec\"}",
                "{\"model\": \"complex\", \"dimension\": 7}",
                "{\"model\": \"complex\", \"dimension\": 0}",
                "{\"model\": \"transe\", \"regularization\": 0.1}",
                "{\"model\": \"rotate\", \"negatives\": 0}",
                "{\"model\": \"complex\", \"learning_rate\": -1}",
                "{\"model\": \"textual\", \"member\": \"nobody\"}"
            })
    void wrongTrainings_areRefused(String body) {
        problem(post(path("/embeddings"), body), 422, "invalid");
    }

    @ParameterizedTest
    @CsvSource({
        "complex, margin, 9",
        "distmult, margin, 0",
        "complex, member, '\"fake-two\"'",
        "transe, regularization, 0",
        "rotate, relation_weight, 0.05",
        "textual, dimension, 64",
        "textual, seed, 1"
    })
    void settingsThatTheModelDoesNotUse_areRefused(String model, String setting, String value) {
        problem(
                        post(path("/embeddings"), "{\"model\": \"" + model + "\", \"" + setting + "\": " + value + "}"),
                        422,
                        "invalid")
                .body("errors.pointer", hasItem("/" + setting))
                .body("detail", containsString("is not a setting of the model " + model));
    }

    @Test
    void evaluationWithoutTraining_fails() {
        ValidatableResponse job = given().contentType("text/tab-separated-values")
                .body("a\tb\tc\n")
                .post(path("/evaluations"))
                .then()
                .statusCode(202);
        String id = job.extract().path("id");
        await().until(() -> "failed".equals(given().get("/v1/jobs/" + id).path("status")));
        given().get("/v1/jobs/" + id).then().body("problem.type", equalTo("/problems/conflict"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/links", "/embeddings"})
    void unknownGraphs_areNotFound(String route) {
        problem(post("/v1/graphs/nowhere" + route, "{\"texts\": [\"a\"]}"), 404, "not-found");
    }

    private static ValidatableResponse done(ValidatableResponse accepted) {
        String id = accepted.statusCode(202).extract().path("id");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !"queued".equals(given().get("/v1/jobs/" + id).path("status"))
                        && !"running".equals(given().get("/v1/jobs/" + id).path("status")));
        return given().get("/v1/jobs/" + id).then().body("status", equalTo("succeeded"));
    }

    private String path(String rest) {
        return "/v1/graphs/" + graph + rest;
    }
}
