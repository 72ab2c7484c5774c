// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference is complete, and its examples run as they stand. */
@QuarkusTest
final class OpenApiIT {
    private JsonNode reference;

    @BeforeEach
    void readReference() throws IOException {
        Http.awaitReady();
        String document = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        reference = new ObjectMapper().readTree(document);
    }

    @Test
    void everyRoute_isThere() {
        List<String> routes = new ArrayList<>();
        reference
                .get("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> routes.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));

        assertThat(routes)
                .contains(
                        "GET /v1/tasks",
                        "GET /v1/tasks/{task}",
                        "PUT /v1/tasks/{task}",
                        "DELETE /v1/tasks/{task}",
                        "GET /v1/tasks/{task}/policy",
                        "PUT /v1/tasks/{task}/policy",
                        "POST /v1/tasks/{task}/examples",
                        "GET /v1/tasks/{task}/examples",
                        "GET /v1/tasks/{task}/examples/{example}",
                        "DELETE /v1/tasks/{task}/examples/{example}",
                        "POST /v1/tasks/{task}/predictions",
                        "POST /v1/tasks/{task}/feedback",
                        "GET /v1/tasks/{task}/prequential",
                        "GET /v1/tasks/{task}/prediction-log",
                        "PUT /v1/tasks/{task}/prediction-log",
                        "GET /v1/mistakes",
                        "GET /v1/tasks/{task}/mistakes/clusters",
                        "GET /v1/tasks/{task}/confusions/{true}/{predicted}",
                        "GET /v1/tasks/{task}/suspects",
                        "GET /v1/tasks/{task}/drift",
                        "DELETE /v1/tasks/{task}/drift",
                        "POST /v1/tasks/{task}/shadows",
                        "GET /v1/tasks/{task}/shadows",
                        "GET /v1/tasks/{task}/shadows/{shadow}",
                        "GET /v1/tasks/{task}/shadows/{shadow}/differences",
                        "DELETE /v1/tasks/{task}/shadows/{shadow}",
                        "PUT /v1/tasks/{task}/apprenticeship",
                        "GET /v1/tasks/{task}/apprenticeship",
                        "DELETE /v1/tasks/{task}/apprenticeship",
                        "POST /v1/predictions",
                        "GET /v1/graphs",
                        "GET /v1/graphs/{graph}",
                        "PUT /v1/graphs/{graph}",
                        "DELETE /v1/graphs/{graph}",
                        "POST /v1/graphs/{graph}/imports",
                        "GET /v1/graphs/{graph}/sources",
                        "DELETE /v1/graphs/{graph}/sources/{source}",
                        "GET /v1/graphs/{graph}/entities/{entity}",
                        "PUT /v1/graphs/{graph}/entities/{entity}",
                        "DELETE /v1/graphs/{graph}/entities/{entity}",
                        "GET /v1/graphs/{graph}/entities",
                        "POST /v1/graphs/{graph}/links",
                        "POST /v1/graphs/{graph}/embeddings",
                        "POST /v1/graphs/{graph}/vectors",
                        "POST /v1/graphs/{graph}/evaluations",
                        "GET /v1/tasks/{task}/knowledge",
                        "PUT /v1/tasks/{task}/suite",
                        "GET /v1/tasks/{task}/suite",
                        "DELETE /v1/tasks/{task}/suite",
                        "GET /v1/tasks/{task}/suite/rows",
                        "POST /v1/tasks/{task}/evaluations",
                        "GET /v1/tasks/{task}/evaluations",
                        "GET /v1/tasks/{task}/evaluations/{evaluation}",
                        "GET /v1/tasks/{task}/evaluations/{evaluation}/confusion.svg",
                        "GET /v1/lifelong",
                        "GET /v1/groups",
                        "GET /v1/groups/{group}",
                        "GET /v1/audit-events",
                        "POST /v1/exports",
                        "GET /v1/exports",
                        "GET /v1/exports/{export}",
                        "DELETE /v1/exports/{export}",
                        "POST /v1/imports",
                        "GET /v1/limits",
                        "GET /v1/sources",
                        "GET /v1/sources/{source}",
                        "PUT /v1/sources/{source}",
                        "DELETE /v1/sources/{source}",
                        "POST /v1/sources/{source}/documents",
                        "GET /v1/sources/{source}/documents",
                        "GET /v1/sources/{source}/documents/{document}",
                        "DELETE /v1/sources/{source}/documents/{document}",
                        "POST /v1/documents/search",
                        "PUT /v1/evaluation-texts/{set}",
                        "POST /v1/classify",
                        "POST /v1/train",
                        "GET /v1/classifiers",
                        "DELETE /v1/classifiers/{classifier_id}",
                        "POST /v2/rerank",
                        "POST /embed",
                        "POST /predict",
                        "POST /rerank",
                        "POST /similarity",
                        "GET /info",
                        "GET /v2",
                        "GET /v2/health/ready",
                        "GET /v2/models/{model}",
                        "POST /v2/models/{model}/infer",
                        "POST /v2/models/{model}/versions/{version}/infer",
                        "GET /problems/{name}");
    }

    @Test
    void everyOperation_saysWhatItDoesAndHowItFails() {
        reference
                .get("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                    String name = operation.getKey() + " " + path.getKey();
                    JsonNode node = operation.getValue();
                    assertThat(node.path("summary").asText()).as(name).isNotBlank();
                    assertThat(node.path("tags")).as(name).isNotEmpty();
                    assertThat(node.path("responses").has("default")).as(name).isTrue();
                    assertThat(path.getKey().matches("/problems/\\{name}|/health|/v2/health/.*")
                                    || node.at("/security/0/Key/0")
                                            .asText()
                                            .matches("reader|teacher|operator|administrator"))
                            .as(name + " " + node.path("security"))
                            .isTrue();
                    node.path("requestBody")
                            .path("content")
                            .forEach(content ->
                                    assertThat(content.has("schema")).as(name).isTrue());
                }));
        assertThat(reference.at("/components/schemas/Problem/properties/type/enum"))
                .hasSize(ProblemType.values().length);
    }

    @Test
    void everyOperation_listsTheStatusesItFailsWith() {
        forEachOperation((name, operation) -> {
            if (tellsInItsOwnWords(operation)) {
                return;
            }
            Set<String> failures = failures(operation);
            if (name.contains(" /v1/")) {
                assertThat(failures).as(name).contains("401", "403", "422", "503");
            }
            boolean makes = name.matches("PUT /v1/[^{]+\\{[a-z]+}");
            assertThat(failures.contains("404")).as(name).isEqualTo(name.contains("{") && !makes);
            boolean takesBody = operation.has("requestBody");
            for (String status : List.of("400", "413", "415")) {
                assertThat(failures.contains(status)).as(name + " " + status).isEqualTo(takesBody);
            }
            if (operation.path("parameters").findValuesAsText("name").contains("Idempotency-Key")) {
                assertThat(failures).as(name).contains("409");
            }
            if (operation.path("description").asText().contains("If-Match names")) {
                assertThat(failures).as(name).contains("412");
            }
            failures.forEach(status -> assertThat(resolved(operation.at("/responses/" + status))
                            .at("/content/application~1problem+json/schema/$ref")
                            .asText())
                    .as(name + " " + status)
                    .isEqualTo("#/components/schemas/Problem"));
        });
    }

    /** As façades do, which have one shape for every failure. */
    private boolean tellsInItsOwnWords(JsonNode operation) {
        return !resolved(operation.at("/responses/default")).at("/content").has("application/problem+json");
    }

    private static Set<String> failures(JsonNode operation) {
        Set<String> failures = new TreeSet<>();
        operation.path("responses").fieldNames().forEachRemaining(status -> {
            if (status.startsWith("4") || status.startsWith("5")) {
                failures.add(status);
            }
        });
        return failures;
    }

    private JsonNode resolved(JsonNode response) {
        return response.has("$ref")
                ? reference.at(response.path("$ref").asText().substring(1))
                : response;
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v1/tasks/{task}, 409",
        "GET, /v1/tasks/{task}/revisions/{revision}/diff/{other}, 409",
        "DELETE, /v1/keys/{key}, 409",
        "DELETE, /v1/jobs/{job}, 409",
        "POST, /v1/tasks/{task}/examples, 409",
        "PUT, /v1/tasks/{task}/policy, 412"
    })
    void failureOfSomeOperations_isListed(String method, String path, String status) {
        JsonNode operation = reference.get("paths").get(path).get(method.toLowerCase(Locale.ROOT));
        assertThat(failures(operation)).contains(status);
        assertThat(failures(reference.get("paths").get("/v1/limits").get("get")))
                .doesNotContain(status);
    }

    private void forEachOperation(BiConsumer<String, JsonNode> check) {
        reference
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> operation.getValue().has("responses"))
                        .forEach(operation -> check.accept(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue())));
    }

    @Test
    void keysAndTokens_areDescribed_andEitherLetsInToAnOperationByTheSameRole() {
        for (String scheme : List.of("Key", "Token")) {
            JsonNode described = reference.at("/components/securitySchemes/" + scheme);
            assertThat(described.path("type").asText()).isEqualTo("http");
            assertThat(described.path("scheme").asText()).isEqualTo("bearer");
        }
        assertThat(reference
                        .at("/components/securitySchemes/Token/bearerFormat")
                        .asText())
                .isEqualTo("JWT");
        forEachOperation((name, operation) -> {
            List<JsonNode> keys = scopes(operation, "Key");
            assertThat(scopes(operation, "Token")).as(name).isEqualTo(keys);
            if (name.contains(" /v1/") && !name.contains("/v1/problems")) {
                assertThat(keys).as(name).hasSize(1);
            }
        });
    }

    private static List<JsonNode> scopes(JsonNode operation, String scheme) {
        List<JsonNode> scopes = new ArrayList<>();
        operation.path("security").forEach(requirement -> {
            if (requirement.has(scheme)) {
                scopes.add(requirement.get(scheme));
            }
        });
        return scopes;
    }

    @Test
    void import_saysWhatCanBeSet() {
        JsonNode path = reference.at("/paths/~1v1~1graphs~1{graph}~1imports");
        List<String> names = new ArrayList<>();
        path.path("parameters").forEach(one -> names.add(one.path("name").asText()));
        path.at("/post/parameters").forEach(one -> names.add(one.path("name").asText()));
        assertThat(names).contains("graph", "source", "licence", "trust", "on_error", "label_predicates");
        assertThat(path.at("/post/requestBody/content").properties())
                .extracting(Map.Entry::getKey)
                .contains("text/turtle", "application/ld+json", "text/csv", "application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/tasks/{task}/predictions, X-Request-Timeout-Ms",
        "/v1/predictions, X-Request-Timeout-Ms",
        "/v1/embeddings, X-Request-Timeout-Ms",
        "/v1/similarity, X-Request-Timeout-Ms",
        "/v1/rerank, X-Request-Timeout-Ms",
        "/v1/classify, X-Request-Timeout-Ms",
        "/embed, X-Request-Timeout-Ms",
        "/v2/models/{model}/infer, X-Request-Timeout-Ms",
        "/v1/train, Idempotency-Key",
        "/v1/documents/search, X-Request-Timeout-Ms",
        "/v1/graphs/{graph}/links, X-Request-Timeout-Ms",
        "/v1/graphs/{graph}/imports, Idempotency-Key",
        "/v1/graphs/{graph}/embeddings, Idempotency-Key",
        "/v1/graphs/{graph}/vectors, Idempotency-Key",
        "/v1/graphs/{graph}/evaluations, Idempotency-Key",
        "/v1/tasks/{task}/shadows, Idempotency-Key",
        "/v1/exports, Idempotency-Key",
        "/v1/imports, Idempotency-Key"
    })
    void headerThatIsRead_isThere(String path, String header) {
        assertThat(reference.get("paths").get(path).at("/post/parameters").findValuesAsText("name"))
                .contains(header);
    }

    @Test
    void training_saysWhatEachSettingIs_itsRangeAndItsDefault() {
        JsonNode settings = reference.at("/components/schemas/GraphVectors/properties");
        assertThat(settings).hasSize(11);
        settings.properties().forEach(setting -> {
            JsonNode schema = setting.getValue();
            assertThat(schema.path("description").asText()).as(setting.getKey()).isNotBlank();
            boolean saysDefault = schema.has("default")
                    || schema.path("description").asText().matches("(?s).*([bB]y default|is left out).*");
            assertThat(saysDefault || setting.getKey().equals("model"))
                    .as(setting.getKey())
                    .isTrue();
            boolean hasRange = schema.has("maximum") && (schema.has("minimum") || schema.has("exclusiveMinimum"));
            assertThat(hasRange || List.of("model", "member", "seed").contains(setting.getKey()))
                    .as(setting.getKey() + " " + schema)
                    .isTrue();
        });
        assertThat(reference
                        .at("/components/schemas/Answered/properties/accuracy/description")
                        .asText())
                .contains("lower than what the task reaches");
    }

    @Test
    void teaching_saysThatBodiesMayBeCompressed_andWhatAJobLooksLike() {
        JsonNode teach = reference.at("/paths/~1v1~1tasks~1{task}~1examples/post");
        assertThat(teach.at("/requestBody/description").asText()).contains("gzip");
        assertThat(teach.get("parameters").findValuesAsText("name")).contains("Content-Encoding");
        assertThat(teach.at("/responses/202/content/application~1json/schema").isMissingNode())
                .isFalse();
    }

    @Test
    void names_areInSnakeCase() {
        reference
                .at("/components/schemas")
                .fields()
                .forEachRemaining(schema -> schema.getValue()
                        .path("properties")
                        .fieldNames()
                        .forEachRemaining(
                                name -> assertThat(name).as(schema.getKey()).matches("[a-z0-9]+(_[a-z0-9]+)*")));
    }

    @Test
    void examples_runAsTheyStand() {
        List<String> ran = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : reference.get("paths").properties()) {
            // After the first key every request would need one, and tenants need a key to be there.
            if (path.getKey().startsWith("/v1/members")
                    || path.getKey().startsWith("/v1/keys")
                    || path.getKey().startsWith("/v1/tenants")) {
                continue;
            }
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                for (Map.Entry<String, JsonNode> content :
                        operation.getValue().path("requestBody").path("content").properties()) {
                    for (JsonNode example : content.getValue().path("examples")) {
                        if (example.get("value").path("model").asText().startsWith("all-minilm")) {
                            continue; // not among the fake encoders; the tests with real ones ask it
                        }
                        ran.add(run(operation.getKey() + " " + path.getKey(), content.getKey(), example.get("value")));
                    }
                }
            }
        }
        assertThat(ran).hasSizeGreaterThan(10);
    }

    private static String run(String operation, String type, JsonNode value) {
        String task = uniqueTask();
        if (!operation.equals("put /v1/tasks/{task}")) {
            put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
            put("/v1/sources/" + task, DocumentExamples.SOURCE).statusCode(201);
            post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
        }
        value.path("tasks")
                .forEach(named -> put("/v1/tasks/" + named.textValue(), Examples.CLASSIFICATION)
                        .statusCode(201));
        String path = operation
                .substring(operation.indexOf(' ') + 1)
                .replace("{task}", task)
                .replace("{alias}", "serving")
                .replace("{graph}", task)
                .replace("{entity}", "oslo")
                .replace("{source}", task)
                .replace("{set}", task)
                .replace("{model}", task)
                .replaceAll("^/predict$", "/predict?task=" + task);
        if (path.startsWith("/v1/graphs/" + task + "/")) {
            put("/v1/graphs/" + task, "{}").statusCode(201);
        }
        if (path.endsWith("/shadows")) {
            post(
                            "/v1/tasks/" + task + "/candidates",
                            "{\"examples\": [{\"text\": \"nothing has come yet\", \"label\": \"card_arrival\"}]}")
                    .statusCode(200);
        }
        byte[] body = (value.isTextual() ? value.textValue() : value.toString()).getBytes(StandardCharsets.UTF_8);
        var request = given().contentType(type + "; charset=utf-8").body(body);
        // A graph that was defined a moment ago is not yet in memory.
        Response reply = await().until(
                        () -> operation.startsWith("put ") ? request.put(path) : request.post(path),
                        answer -> answer.statusCode() != 503);
        value.path("tasks").forEach(named -> given().delete("/v1/tasks/" + named.textValue()));
        given().delete("/v1/graphs/" + task);
        assertThat(reply.statusCode())
                .as(operation + " " + value + " -> " + reply.asString())
                .isBetween(200, 299);
        return operation;
    }
}
