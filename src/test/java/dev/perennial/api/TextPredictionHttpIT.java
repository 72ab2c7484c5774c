// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking over HTTP without saying whom. */
@QuarkusTest
final class TextPredictionHttpIT {
    private String cards;
    private String weather;
    private String revision;

    @BeforeEach
    void teachTasks() {
        Http.awaitReady();
        cards = taught(
                "my bank card is lost",
                "where is my new bank card",
                "the bank card was stolen",
                "my bank card does not work",
                "block my bank card please",
                "when does my bank card arrive");
        weather = taught(
                "will it rain tomorrow morning",
                "is there rain and wind tomorrow",
                "how warm is it tomorrow morning",
                "will the sun shine tomorrow",
                "how much rain fell this morning",
                "is it going to snow tomorrow");
    }

    private String taught(String... texts) {
        String id = uniqueTask();
        put("/v1/tasks/" + id, "{\"kind\": \"classification\", \"input\": \"text\"}")
                .statusCode(201);
        for (int i = 0; i < texts.length; i++) {
            revision = post(
                            "/v1/tasks/" + id + "/examples",
                            "{\"examples\": [{\"text\": \"" + texts[i] + "\", \"label\": \"" + (i % 2 == 0 ? "a" : "b")
                                    + "\"}]}")
                    .statusCode(200)
                    .extract()
                    .path("revision");
        }
        return id;
    }

    @Test
    void eachInput_isAnsweredByItsTask_orByNone() {
        ask("\"will there be rain tomorrow\", \"zebras quietly juggle purple violins\", \"my new bank card is lost\"")
                .statusCode(200)
                .body("routes.task", contains(weather, null, cards))
                .body("routes[0].prediction.id", matchesPattern("pr_[0-9a-f]{24}"))
                .body("routes[0].runner_up.task", equalTo(cards))
                .body("routes[0].reason", nullValue())
                .body("routes[0].revision", equalTo(revision))
                .body("routes[1].prediction", nullValue())
                .body("routes[1].revision", nullValue())
                .body("routes[1].reason", notNullValue())
                .body("routes[1].probability", greaterThan(0.3f))
                .body("routes[2].runner_up.task", equalTo(weather));
    }

    @Test
    void theAnswer_isThatOfTheTask() {
        Float alone = post("/v1/tasks/" + cards + "/predictions", "{\"inputs\": [\"my new bank card is lost\"]}")
                .statusCode(200)
                .extract()
                .path("predictions[0].probability");

        String id = ask("\"my new bank card is lost\"")
                .body("routes", hasSize(1))
                .body("routes[0].prediction.probability", equalTo(alone))
                .extract()
                .path("routes[0].prediction.id");

        post("/v1/tasks/" + cards + "/feedback", "{\"prediction_id\": \"" + id + "\", \"label\": \"b\"}")
                .statusCode(200);
    }

    @Test
    void amongAllTasks_oneAnswers() {
        post("/v1/predictions", "{\"inputs\": [\"" + cards + " my bank card is lost\"]}")
                .statusCode(200)
                .body("routes", hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"inputs\": [\"x\"], \"among\": []}",
                "{\"inputs\": [\"x\"], \"among\": [\"no-such-task\"]}",
                "{\"inputs\": [\"x\"], \"among\": [\"{task}\", \"{task}\"]}",
                "{\"inputs\": [\"x\"], \"among\": [\"{task}\"], \"tasks\": [\"{task}\"]}",
                "{\"inputs\": [\"x\"], \"among\": [\"{task}\"], \"instruction\": \"what\"}",
                "{\"inputs\": [\"x\"], \"labels\": [{\"name\": \"good\"}]}",
                "{\"inputs\": [{\"text\": \"x\", \"text_pair\": \"y\"}], \"among\": [\"{task}\"]}",
                "{\"inputs\": [\"x\", {\"text\": \"x\", \"text_pair\": \"y\"}]}",
                "{\"inputs\": []}"
            })
    void whatCannotBeMeant_isRefused(String body) {
        problem(post("/v1/predictions", body.replace("{task}", cards)), 422, "invalid");
    }

    private ValidatableResponse ask(String inputs) {
        String among = "\"among\": [\"" + cards + "\", \"" + weather + "\"]";
        return post(
                "/v1/predictions",
                "{\"inputs\": [" + inputs + "], " + among + ", \"min_revision\": \"" + revision + "\"}");
    }
}
