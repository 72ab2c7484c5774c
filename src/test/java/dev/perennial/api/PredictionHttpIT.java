// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static dev.perennial.api.Http.post;
import static dev.perennial.api.Http.problem;
import static dev.perennial.api.Http.put;
import static dev.perennial.api.Http.uniqueTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asking and correcting over HTTP. */
@QuarkusTest
final class PredictionHttpIT {
    private String task;
    private String predictions;
    private String feedback;

    @BeforeEach
    void teachTask() {
        Http.awaitReady();
        task = uniqueTask();
        predictions = "/v1/tasks/" + task + "/predictions";
        feedback = "/v1/tasks/" + task + "/feedback";
        put("/v1/tasks/" + task, Examples.CLASSIFICATION).statusCode(201);
        post("/v1/tasks/" + task + "/examples", Examples.TEACHING).statusCode(200);
    }

    @Test
    void predict_answersByTheLatestRevision() {
        String revision = given().get("/v1/tasks/" + task).then().extract().path("revision");

        post(predictions, Examples.PREDICTION_STRINGS)
                .statusCode(200)
                .body("revision", equalTo(revision))
                .body("task", equalTo(task))
                .body("predictions", hasSize(2))
                .body("predictions.id", everyItem(matchesPattern("pr_[0-9a-f]{24}")))
                .body("predictions[0].labels.label", hasItems("card_lost", "card_arrival"))
                .body("predictions[0].score", nullValue())
                .body("predictions[0].abstained", equalTo(false))
                .body("predictions[0].truncated", equalTo(false))
                .body("predictions[0].members_used", hasItem("fake-one"))
                .body("predictions[0]", not(hasKey("members")))
                .body("predictions[0]", hasKey("label_set"))
                .body("predictions[0]", hasKey("stage"));
    }

    @Test
    void predict_explains() {
        post(predictions, Examples.PREDICTION)
                .statusCode(200)
                .body("predictions[0].members.member", hasItem("fake-one"))
                .body("predictions[0].neighbours[0]", hasKey("example_id"))
                .body("predictions[0].neighbours[0]", hasKey("influence"))
                .body("predictions[0].entities", hasSize(0))
                .body("predictions[0].without.member", hasItem("fake-two"));
    }

    @Test
    void predict_topK_limitsTheLabels() {
        post(predictions, "{\"inputs\": [\"x\"], \"top_k\": 1}").body("predictions[0].labels", hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"inputs\": []}; /inputs",
                "{}; /inputs",
                "{\"inputs\": null}; /inputs",
                "{\"inputs\": \"x\"}; /inputs",
                "{\"inputs\": [\"\"]}; /inputs/0/text",
                "{\"inputs\": [\"x\", \"  \"]}; /inputs/1/text",
                "{\"inputs\": [{\"text\": \"\"}]}; /inputs/0/text",
                "{\"inputs\": [{}]}; /inputs/0/text",
                "{\"inputs\": [null]}; /inputs/0",
                "{\"inputs\": [7]}; /inputs/0",
                "{\"inputs\": [{\"text\": 7}]}; /inputs/0/text",
                "{\"inputs\": [{\"text\": \"x\", \"label\": \"y\"}]}; /inputs/0/label",
                "{\"inputs\": [{\"text\": \"x\", \"text_pair\": \"y\"}]}; /inputs/0/text_pair",
                "{\"inputs\": [\"a\\u0000b\"]}; /inputs/0/text",
                "{\"inputs\": [\"\\ud83d\"]}; /inputs/0/text",
                "{\"inputs\": [\"\\ude00x\"]}; /inputs/0/text",
                "{\"inputs\": [\"x\"], \"mode\": \"slow\"}; /mode",
                "{\"inputs\": [\"x\"], \"mode\": 1}; /mode",
                "{\"inputs\": [\"x\"], \"top_k\": 0}; /top_k",
                "{\"inputs\": [\"x\"], \"top_k\": 1.5}; /top_k",
                "{\"inputs\": [\"x\"], \"top_k\": \"3\"}; /top_k",
                "{\"inputs\": [\"x\"], \"explain\": \"yes\"}; /explain",
                "{\"inputs\": [\"x\"], \"explain\": 1}; /explain",
                "{\"inputs\": [\"x\"], \"min_revision\": \"latest\"}; /min_revision",
                "{\"inputs\": [\"x\"], \"temperature\": 1}; /temperature"
            })
    void predict_wrongMember_isRefusedWithItsPointer(String body, String pointer) {
        problem(post(predictions, body), 422, "invalid").body("errors.pointer", hasItem(pointer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"inputs\": [\"x\"]",
                "{\"inputs\": [\"x\"]} x",
                "{\"inputs\": [\"x\"], \"inputs\": [\"y\"]}",
                "{\"inputs\": [\"x\"], \"top_k\": NaN}",
                "{\"inputs\": [\"x\"], \"top_k\": 1" + "000000000000000000000000000000000000000000000000000"
                        + "000000000000000000000000000000000000000000000000000000000000000000}",
                "<xml/>",
                "``",
                "null"
            })
    void predict_whatIsNotADocument_isUnparsable(String body) {
        problem(post(predictions, body), 400, "unparsable");
    }

    @Test
    void predict_tooMuch_namesTheLimit() {
        String many = "{\"inputs\": [" + String.join(",", Collections.nCopies(257, "\"x\"")) + "]}";
        problem(post(predictions, many), 413, "too-large")
                .body("limit", equalTo(256))
                .body("actual", equalTo(257));
        problem(post(predictions, "{\"inputs\": [\"" + "x".repeat(4001) + "\"]}"), 413, "too-large")
                .body("limit", equalTo(4000))
                .body("actual", equalTo(4001));
        problem(post(predictions, "{\"inputs\": [\"" + "\u6f22".repeat(333_333) + "\"]}"), 413, "too-large");
        problem(post(predictions, "{\"inputs\": [\"" + "\u6f22".repeat(1_000_000) + "\"]}"), 413, "too-large")
                .body("limit", equalTo(2 << 20));
    }

    @Test
    void predict_longText_isTruncatedAndSaysSo() {
        post(predictions, "{\"inputs\": [\"" + "word ".repeat(799) + "\"]}")
                .statusCode(200)
                .body("predictions[0].truncated", equalTo(true));
    }

    @Test
    void minRevision_ofTheFuture_isNotReady() {
        String revision = given().get("/v1/tasks/" + task).then().extract().path("revision");
        post(predictions, "{\"inputs\": [\"x\"], \"min_revision\": \"" + revision + "\"}")
                .statusCode(200);

        String retry = problem(
                        post(predictions, "{\"inputs\": [\"x\"], \"min_revision\": \"rev_9999999999999999\"}"),
                        503,
                        "not-ready")
                .body("retryable", equalTo(true))
                .extract()
                .header("Retry-After");
        assertThat(retry).isEqualTo("1");
    }

    @Test
    void feedback_correctsTheAnswerItNames() {
        var answer =
                post(predictions, "{\"inputs\": [\"an unheard of thing\"]}").extract();
        String id = answer.path("predictions[0].id");
        String wrong = answer.path("predictions[0].label");

        post(feedback, "{\"prediction_id\": \"" + id + "\", \"label\": \"other\"}")
                .statusCode(200)
                .body("was_wrong", equalTo(true))
                .body("example_id", matchesPattern("ex_.+"))
                .body("revision", matchesPattern("rev_[0-9]{16}"));
        assertThat(wrong).isNotEqualTo("other");
        post(predictions, "{\"inputs\": [\"an unheard of thing\"]}").body("predictions[0].label", equalTo("other"));
        post(feedback, "{\"text\": \"an unheard of thing\", \"label\": \"other\"}")
                .body("was_wrong", equalTo(false));
    }

    @Test
    void feedback_withIdAndText_isAboutTheSame() {
        String id = post(predictions, "{\"inputs\": [\"a thing to be named twice\"]}")
                .extract()
                .path("predictions[0].id");
        String named = "{\"prediction_id\": \"" + id + "\", \"label\": \"other\", \"text\": ";

        problem(post(feedback, named + "\"another thing\"}"), 422, "invalid")
                .body("errors[0].pointer", equalTo("/text"));
        post(feedback, named + "\"a thing to be named twice\"}").statusCode(200);
    }

    @Test
    void anErasedExample_takesItsAnswersAlong() {
        String asked = "{\"inputs\": [\"a thing to be forgotten\"]}";
        String id = post(predictions, asked).extract().path("predictions[0].id");
        String other = post(predictions, "{\"inputs\": [\"a thing to be remembered\"]}")
                .extract()
                .path("predictions[0].id");
        String example = post(feedback, "{\"prediction_id\": \"" + id + "\", \"label\": \"other\"}")
                .extract()
                .path("example_id");

        given().delete(feedback.replace("feedback", "examples/" + example))
                .then()
                .statusCode(200);

        problem(post(feedback, "{\"prediction_id\": \"" + id + "\", \"label\": \"other\"}"), 404, "not-found");
        post(feedback, "{\"prediction_id\": \"" + other + "\", \"label\": \"other\"}")
                .statusCode(200);
    }

    @Test
    void feedback_outweighsWhatWasTaughtToTheContrary() {
        for (int i = 0; i < 2; i++) {
            post(feedback, "{\"text\": \"my card is gone\", \"label\": \"card_arrival\"}")
                    .statusCode(200);
        }

        post(predictions, "{\"inputs\": [\"my card is gone\"]}").body("predictions[0].label", equalTo("card_arrival"));
    }

    @Test
    void feedback_correctedAgainAndAgain_isFollowedEachTime() {
        for (int i = 0; i < 16; i++) {
            String label = i % 2 == 0 ? "card_arrival" : "card_lost";
            post(feedback, "{\"text\": \"my card is gone\", \"label\": \"" + label + "\"}")
                    .statusCode(200);
            post(predictions, "{\"inputs\": [\"my card is gone\"]}").body("predictions[0].label", equalTo(label));
        }

        given().get("/v1/tasks/" + task + "/examples")
                .then()
                .body("items", hasSize(5))
                .body("items.external_id", hasItem(matchesPattern("correction:[0-9a-f]{64}")))
                .body("items[4].label", equalTo("card_lost"));
    }

    @Test
    void feedback_outweighsHeavyExamples() {
        String heavy = "{\"examples\": [{\"text\": \"my card is gone\", \"label\": \"card_lost\", \"weight\": 100}]}";
        post("/v1/tasks/" + task + "/examples", heavy).statusCode(200);
        post(feedback, "{\"text\": \"my card is gone\", \"label\": \"card_arrival\"}")
                .statusCode(200);

        post(predictions, "{\"inputs\": [\"my card is gone\"]}").body("predictions[0].label", equalTo("card_arrival"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"label\": \"card_lost\"}; 422",
                "{\"text\": \"x\"}; 422",
                "{\"text\": \"\", \"label\": \"a\"}; 422",
                "{\"text\": \"x\", \"score\": 1}; 422",
                "{\"text\": \"x\", \"label\": \"CARD_LOST\"}; 422",
                "{\"text\": \"x\", \"label\": \"a\", \"prediction_id\": \"pr_1\"}; 404",
                "{\"prediction_id\": \"../x\", \"label\": \"a\"}; 422",
                "{\"prediction_id\": \"pr_0000\", \"label\": \"a\"}; 404",
                "{\"text\": \"x\", \"label\": \"a\", \"colour\": 1}; 422"
            })
    void feedback_wrong_isRefused(String body, int status) {
        problem(post(feedback, body), status, status == 404 ? "not-found" : "invalid");
    }

    @Test
    void feedback_thatIsTooLong_namesTheLimit() {
        problem(post(feedback, "{\"text\": \"x\", \"label\": \"" + "l".repeat(201) + "\"}"), 413, "too-large")
                .body("limit", equalTo(200))
                .body("actual", equalTo(201));
        problem(post(feedback, "{\"text\": \"" + "x".repeat(4001) + "\", \"label\": \"a\"}"), 413, "too-large")
                .body("limit", equalTo(4000))
                .body("actual", equalTo(4001));
    }

    @Test
    void feedback_withAKey_isGivenOnce() {
        for (String replayed : new String[] {null, "true"}) {
            given().header("Idempotency-Key", "once")
                    .contentType("application/json")
                    .body("{\"text\": \"something new\", \"label\": \"other\"}")
                    .post(feedback)
                    .then()
                    .statusCode(200)
                    .header("Idempotent-Replayed", replayed == null ? nullValue() : equalTo(replayed));
        }
        given().get("/v1/tasks/" + task).then().body("examples_total", equalTo(5));
    }

    @Test
    void confusions_areListed() {
        given().get("/v1/tasks/" + task + "/confusions/card_lost/card_arrival")
                .then()
                .statusCode(200)
                .body("true", equalTo("card_lost"))
                .body("predicted", equalTo("card_arrival"));
        problem(
                given().get("/v1/tasks/" + task + "/confusions/card_lost/nothing")
                        .then(),
                404,
                "not-found");
    }

    @Test
    void predictByInstruction_findsTheTask() {
        String instruction = "An instruction that only " + task + " has";
        put("/v1/tasks/" + task, "{\"kind\": \"classification\", \"instruction\": \"" + instruction + "\"}")
                .statusCode(200);

        post("/v1/predictions", "{\"instruction\": \"" + instruction + "\", \"inputs\": [\"my card is gone\"]}")
                .statusCode(200)
                .body("task", equalTo(task))
                .body("predictions[0].label", equalTo("card_lost"));
    }

    @Test
    void predictByInstruction_withoutMatch_answersOverTheLabels() {
        post("/v1/predictions", Examples.INSTRUCTION_PREDICTION.replace("mood", "zyzzyva qwerty"))
                .statusCode(200)
                .body("predictions", hasSize(1))
                .body(
                        "predictions[0].labels.label",
                        contains(
                                org.hamcrest.Matchers.oneOf("good", "bad"),
                                org.hamcrest.Matchers.oneOf("good", "bad")));
        problem(post("/v1/predictions", "{\"instruction\": \"\", \"inputs\": [\"x\"]}"), 422, "invalid");
        problem(post("/v1/predictions", "{\"instruction\": \"zzyx 1234 qqq\", \"inputs\": [\"x\"]}"), 422, "invalid");
        problem(
                post(
                        "/v1/predictions",
                        "{\"instruction\": \"q\", \"inputs\": [\"x\", {\"text\": \"a\", \"text_pair\": \"b\"}]}"),
                422,
                "invalid");
    }

    @Test
    void predict_unknownTask_isNotFound() {
        problem(post("/v1/tasks/no-such-task/predictions", Examples.PREDICTION), 404, "not-found");
        problem(post("/v1/tasks/no-such-task/feedback", Examples.FEEDBACK), 404, "not-found");
    }

    @Test
    void severalTasks_answerTheSameInputs_asEachWouldAlone() {
        String other = uniqueTask();
        put("/v1/tasks/" + other, Examples.CLASSIFICATION).statusCode(201);
        String inputs = "\"inputs\": [\"my card is gone\", \"where is my card\"]";
        Float alone = post(predictions, "{" + inputs + "}").extract().path("predictions[1].probability");

        post("/v1/predictions", "{\"tasks\": [\"" + other + "\", \"" + task + "\"], " + inputs + "}")
                .statusCode(200)
                .body("answers.task", contains(other, task))
                .body("answers[0].predictions", hasSize(2))
                .body("answers[1].predictions[1].probability", equalTo(alone))
                .body("answers[1].predictions.id", everyItem(matchesPattern("pr_[0-9a-f]{24}")));
    }

    @Test
    void severalTasks_areNamedOnceEach_andExist() {
        problem(post("/v1/predictions", "{\"tasks\": [], \"inputs\": [\"x\"]}"), 422, "invalid");
        problem(
                post("/v1/predictions", "{\"tasks\": [\"" + task + "\", \"no-such-task\"], \"inputs\": [\"x\"]}"),
                422,
                "invalid");
        problem(
                post("/v1/predictions", "{\"tasks\": [\"" + task + "\", \"" + task + "\"], \"inputs\": [\"x\"]}"),
                422,
                "invalid");
        problem(
                post("/v1/predictions", "{\"tasks\": [\"" + task + "\"], \"instruction\": \"x\", \"inputs\": [\"x\"]}"),
                422,
                "invalid");
    }
}
