// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exports and imports over HTTP, within one service. Other tests define tasks beside these. */
@QuarkusTest
final class ExchangeHttpIT {
    private static final String ZIP = "application/zip";

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @Test
    void removedTask_comesBackFromItsExport() {
        String task = taught();
        put("/v1/tasks/" + task + "/policy", "{\"cascade_risk\": 0.25}").statusCode(200);
        put("/v1/tasks/" + task + "/aliases/mine", "{\"revision\": \"serving\"}")
                .statusCode(200);
        put("/v1/tasks/" + task + "/suite", EvaluationExamples.SUITE).statusCode(201);
        JsonPath before = given().get("/v1/tasks/" + task).jsonPath();
        byte[] file = fetch(export(task));
        given().delete("/v1/tasks/" + task).then().statusCode(200);

        JsonPath job = imported(file, "");

        assertThat(job.getString("result.tasks[0].task")).isEqualTo(task);
        assertThat(job.getString("result.tasks[0].action")).isEqualTo("created");
        given().get("/v1/tasks/" + task)
                .then()
                .statusCode(200)
                .body("labels", equalTo(before.getList("labels")))
                .body("instruction", equalTo(before.getString("instruction")))
                .body("examples_total", equalTo(before.getInt("examples_total")))
                .body("policy.cascade_risk", equalTo(0.25f));
        assertThat(fetch(export(task))).isEqualTo(file);
        String serving =
                given().get("/v1/tasks/" + task + "/aliases/serving").jsonPath().getString("revision");
        given().get("/v1/tasks/" + task + "/aliases/mine").then().body("revision", equalTo(serving));
        given().get("/v1/tasks/" + task + "/suite").then().statusCode(200).body("rows", greaterThan(0));
    }

    /** As when the task is removed. */
    @Test
    void answersOfATaskThatIsReplaced_areForgotten() {
        String task = taught();
        String asked = post("/v1/tasks/" + task + "/predictions", "{\"inputs\": [\"my card is gone\"]}")
                .statusCode(200)
                .extract()
                .path("predictions[0].id");
        JsonPath unused = imported(fetch(export(task)), "?on_conflict=replace");

        String label = "{\"prediction_id\": \"" + asked + "\", \"label\": \"card_lost\"}";
        problem(post("/v1/tasks/" + task + "/feedback", label), 404, "not-found");
    }

    /** The former task answers until its successor is learnt, and nobody teaches the successor by those answers. */
    @Test
    void whatATaskAnswersWhileItIsReplaced_isForgotten() throws InterruptedException {
        String task = taught();
        String predictions = "/v1/tasks/" + task + "/predictions";
        byte[] file = fetch(export(task));
        Map<String, String> revisionById = new ConcurrentHashMap<>();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread asking = new Thread(() -> {
            while (!isOver.get()) {
                JsonPath answer = post(predictions, "{\"inputs\": [\"my card is gone\"]}")
                        .statusCode(200)
                        .extract()
                        .jsonPath();
                revisionById.put(answer.getString("predictions[0].id"), answer.getString("revision"));
            }
        });
        asking.start();
        try {
            for (int i = 0; i < 3; i++) {
                JsonPath unused = imported(file, "?on_conflict=replace");
            }
        } finally {
            isOver.set(true);
            asking.join();
        }
        String serving =
                given().get("/v1/tasks/" + task + "/aliases/serving").jsonPath().getString("revision");
        List<String> former = revisionById.entrySet().stream()
                .filter(answer -> answer.getValue().compareTo(serving) < 0)
                .map(Map.Entry::getKey)
                .toList();

        assertThat(former).isNotEmpty();
        for (String id : former) {
            String label = "{\"prediction_id\": \"" + id + "\", \"label\": \"card_lost\"}";
            problem(post("/v1/tasks/" + task + "/feedback", label), 404, "not-found");
        }
        String own = post(predictions, "{\"inputs\": [\"my card is gone\"]}")
                .extract()
                .path("predictions[0].id");
        post("/v1/tasks/" + task + "/feedback", "{\"prediction_id\": \"" + own + "\", \"label\": \"card_lost\"}")
                .statusCode(200);
    }

    @Test
    void suiteThatIsErased_isInNoExportAnyLonger() {
        String task = taught();
        put("/v1/tasks/" + task + "/suite", EvaluationExamples.SUITE).statusCode(201);
        String export = export(task);
        given().get("/v1/exports/" + export).then().statusCode(200);

        given().delete("/v1/tasks/" + task + "/suite").then().statusCode(200);

        problem(given().get("/v1/exports/" + export).then(), 404, "not-found");
    }

    @Test
    void tasksThatAreThere_areRefusedUnlessSomethingElseIsAskedFor() {
        String task = taught();
        byte[] file = fetch(export(task));
        int examples = given().get("/v1/tasks/" + task).jsonPath().getInt("examples_total");
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [{\"text\": \"one more\", \"label\": \"card_lost\"}]}")
                .statusCode(200);

        problem(take(file, ""), 409, "conflict").body("detail", containsString(task));
        problem(take(file, "?on_conflict=perhaps"), 422, "invalid");
        JsonPath skipped = imported(file, "?on_conflict=skip");
        assertThat(skipped.getString("result.tasks[0].action")).isEqualTo("skipped");
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(examples + 1));
        JsonPath replaced = imported(file, "?on_conflict=replace");
        assertThat(replaced.getString("result.tasks[0].action")).isEqualTo("replaced");
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(examples));
    }

    @Test
    void whatIsErased_isInNoExportAnyLonger() {
        String task = taught();
        String other = taught();
        String both = export(task, other);
        String kept = export(other);
        String example =
                given().get("/v1/tasks/" + task + "/examples").jsonPath().getString("items[0].id");
        given().get("/v1/exports?limit=1000").then().statusCode(200).body("items.id", hasItem(both));

        given().delete("/v1/tasks/" + task + "/examples/" + example).then().statusCode(200);

        problem(given().get("/v1/exports/" + both).then(), 404, "not-found");
        given().get("/v1/exports?limit=1000")
                .then()
                .body("items.id", not(hasItem(both)))
                .body("items.id", hasItem(kept));
        given().delete("/v1/tasks/" + other).then().statusCode(200);
        problem(given().get("/v1/exports/" + kept).then(), 404, "not-found");
    }

    @Test
    void exampleThatIsReplaced_isInNoExportAnyLonger() {
        String task = taught();
        String example = "{\"examples\": [{\"text\": \"%s\", \"label\": \"card_lost\", \"external_id\": \"x\"}]}";
        post("/v1/tasks/" + task + "/examples", example.formatted("first")).statusCode(200);
        String export = export(task);
        post("/v1/tasks/" + task + "/examples", "{\"examples\": [{\"text\": \"beside\", \"label\": \"card_lost\"}]}")
                .statusCode(200);
        given().get("/v1/exports/" + export).then().statusCode(200);

        post("/v1/tasks/" + task + "/examples", example.formatted("second")).statusCode(200);

        problem(given().get("/v1/exports/" + export).then(), 404, "not-found");
    }

    @Test
    void export_isDescribedAndRemoved() {
        String task = taught();
        String export = export(task);
        given().get("/v1/exports/" + export)
                .then()
                .statusCode(200)
                .contentType(ZIP)
                .header("Cache-Control", equalTo("no-store"));
        given().get("/v1/exports?limit=1000")
                .then()
                .body("items.find { it.id == '" + export + "' }.tasks", equalTo(List.of(task)))
                .body("items.find { it.id == '" + export + "' }.bytes", greaterThan(100));

        given().delete("/v1/exports/" + export).then().statusCode(200).body("removed", equalTo(export));

        problem(given().get("/v1/exports/" + export).then(), 404, "not-found");
        problem(given().delete("/v1/exports/" + export).then(), 404, "not-found");
        problem(given().get("/v1/exports/nothing").then(), 404, "not-found");
        problem(post("/v1/exports", "{\"tasks\": [\"" + task + "\", \"nobody-here\"]}"), 422, "invalid")
                .body("errors[0].pointer", equalTo("/tasks/1"));
        problem(post("/v1/exports", "{\"tasks\": []}"), 422, "invalid").body("errors[0].pointer", equalTo("/tasks"));
    }

    @Test
    void fileThatIsNone_isRefused_andNothingIsKept() {
        String task = taught();
        byte[] file = fetch(export(task));
        given().delete("/v1/tasks/" + task).then().statusCode(200);
        byte[] spoilt = file.clone();
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("\"weight\"");
        spoilt[at + 9] ^= 1;

        problem(take(new byte[] {1, 2, 3}, ""), 400, "unparsable");
        problem(take(Arrays.copyOf(file, file.length / 2), ""), 400, "unparsable");
        assertThat(take(spoilt, "").extract().statusCode()).isBetween(400, 422);

        given().get("/v1/tasks/" + task).then().statusCode(404);
    }

    @Test
    void fileThatLacksWhatAnswersFollowedFrom_isRefusedUnlessSaidAnyhow() throws IOException {
        String task = taught();
        byte[] file = lacking(fetch(export(task)), "{\"kind\":\"graph\",\"id\":\"kinds\"}");
        given().delete("/v1/tasks/" + task).then().statusCode(200);

        problem(take(file, ""), 409, "conflict").body("detail", containsString("'kinds' of task '" + task + "'"));
        problem(take(file, "?anyhow=perhaps"), 422, "invalid");
        given().get("/v1/tasks/" + task).then().statusCode(404);

        JsonPath job = imported(file, "?anyhow=true");
        assertThat(job.getString("result.tasks[0].action")).isEqualTo("created");
        assertThat(job.getString("result.not_included[0].id")).isEqualTo("kinds");
    }

    /** The same file, of a task whose answers followed from something that is not in it. */
    private static byte[] lacking(byte[] file, String missing) throws IOException {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file));
                ZipOutputStream out = new ZipOutputStream(changed)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(content.replace("\"not_included\":[]", "\"not_included\":[" + missing + "]")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return changed.toByteArray();
    }

    @Test
    void keyedImport_isDoneOnce() {
        String task = taught();
        byte[] file = fetch(export(task));
        given().delete("/v1/tasks/" + task).then().statusCode(200);
        String first = keyed(file, task).statusCode(202).extract().path("id");

        keyed(file, task)
                .statusCode(202)
                .header("Idempotent-Replayed", equalTo("true"))
                .body("id", equalTo(first));
        settled("/v1/jobs/" + first);
    }

    private static ValidatableResponse keyed(byte[] file, String key) {
        return given().contentType(ZIP)
                .header("Idempotency-Key", key)
                .body(file)
                .post("/v1/imports")
                .then();
    }

    private static String taught() {
        String task = uniqueTask();
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
        return task;
    }

    private static String export(String... tasks) {
        String body = "{\"tasks\": [\"" + String.join("\", \"", tasks) + "\"]}";
        String location = post("/v1/exports", body).statusCode(202).extract().header("Location");
        JsonPath job = settled(URI.create(location).getPath());
        assertThat(job.getString("status")).as(job.prettify()).isEqualTo("succeeded");
        return job.getString("result.export");
    }

    private static byte[] fetch(String export) {
        return given().get("/v1/exports/" + export)
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
    }

    private static ValidatableResponse take(byte[] file, String query) {
        return given().contentType(ZIP).body(file).post("/v1/imports" + query).then();
    }

    private static JsonPath imported(byte[] file, String query) {
        JsonPath job = settled(
                "/v1/jobs/" + take(file, query).statusCode(202).extract().path("id"));
        assertThat(job.getString("status")).as(job.prettify()).isEqualTo("succeeded");
        return job;
    }

    private static JsonPath settled(String job) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> given().get(job).jsonPath(),
                        body -> List.of("succeeded", "failed").contains(body.getString("status")));
    }
}
