// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import static dev.perennial.facade.FacadeHttp.post;
import static dev.perennial.facade.FacadeHttp.taughtTask;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The objects of the Open Inference Protocol, field by field. */
@QuarkusTest
final class InferenceHttpIT {

    @BeforeEach
    void awaitReady() {
        FacadeHttp.awaitReady();
    }

    @Test
    void server_isDescribed() {
        given().get("/v2")
                .then()
                .statusCode(200)
                .body("name", equalTo("perennial"))
                .body("version", not(equalTo("")))
                .body("extensions", empty());
        given().get("/v2/health/live").then().statusCode(200).body("live", equalTo(true));
        given().get("/v2/health/ready").then().statusCode(200).body("ready", equalTo(true));
    }

    @Test
    void task_isAModel() {
        String task = taughtTask("classification");
        String revision = given().get("/v2/models/" + task)
                .then()
                .statusCode(200)
                .body("name", equalTo(task))
                .body("platform", equalTo("perennial"))
                .body("versions", hasSize(1))
                .body("inputs.name", contains("text"))
                .body("inputs.datatype", contains("BYTES"))
                .body("inputs[0].shape", contains(-1))
                .body(
                        "outputs.name",
                        contains("label", "probability", "abstained", "labels", "probabilities", "applies"))
                .body("outputs[4].datatype", equalTo("FP64"))
                .body("outputs[4].shape", contains(-1, 2))
                .extract()
                .path("versions[0]");
        given().get("/v2/models/" + task + "/ready")
                .then()
                .statusCode(200)
                .body("name", equalTo(task))
                .body("ready", equalTo(true));

        List<Number> probabilities = post("/v2/models/" + task + "/infer", FacadeExamples.INFERENCE)
                .statusCode(200)
                .body("id", equalTo("42"))
                .body("model_name", equalTo(task))
                .body("model_version", equalTo(revision))
                .body("outputs.find { it.name == 'label' }.datatype", equalTo("BYTES"))
                .body("outputs.find { it.name == 'label' }.shape", contains(2))
                .body("outputs.find { it.name == 'label' }.data", contains("lost", "late"))
                .body("outputs.find { it.name == 'labels' }.data", containsInAnyOrder("lost", "late"))
                .body("outputs.find { it.name == 'probabilities' }.shape", contains(2, 2))
                .extract()
                .path("outputs.find { it.name == 'probabilities' }.data");
        assertThat(probabilities).hasSize(4);
        assertThat(probabilities.get(0).doubleValue() + probabilities.get(1).doubleValue())
                .isCloseTo(1, within(1e-6));

        String versioned = "/v2/models/" + task + "/versions/" + revision;
        given().get(versioned).then().statusCode(200);
        given().get(versioned + "/ready").then().statusCode(200);
        post(versioned + "/infer", FacadeExamples.INFERENCE).statusCode(200);
        given().get("/v2/models/" + task + "/versions/1").then().statusCode(404).body("error", not(equalTo("")));
    }

    @Test
    void outputs_canBeChosen_andTextsComeInAColumn() {
        String task = taughtTask("classification");
        post(
                        "/v2/models/" + task + "/infer",
                        "{\"inputs\": [{\"name\": \"anything\", \"shape\": [1, 1], \"datatype\": \"BYTES\","
                                + " \"parameters\": {\"content_type\": \"str\"}, \"data\": [[\"my card is gone\"]]}],"
                                + " \"outputs\": [{\"name\": \"label\"}]}")
                .statusCode(200)
                .body("id", nullValue())
                .body("outputs", hasSize(1))
                .body("outputs[0].data", contains("lost"));
    }

    @Test
    void member_isAModelOfVectors() {
        given().get("/v2/models/fake-one")
                .then()
                .statusCode(200)
                .body("versions", nullValue())
                .body("outputs.name", contains("embedding"))
                .body("outputs[0].shape", contains(-1, 64));
        List<Number> components = post("/v2/models/fake-one/infer", FacadeExamples.INFERENCE)
                .statusCode(200)
                .body("model_name", equalTo("fake-one"))
                .body("model_version", nullValue())
                .body("outputs[0].name", equalTo("embedding"))
                .body("outputs[0].datatype", equalTo("FP32"))
                .body("outputs[0].shape", contains(2, 64))
                .extract()
                .path("outputs[0].data");
        assertThat(components).hasSize(128);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; /inputs",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}; /inputs/0/datatype",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [2], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}; /inputs/0/shape",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1, 2], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}; /inputs/0/shape",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [null], \"datatype\": \"BYTES\", \"data\": [\"a\"]}]}; /inputs/0/shape",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"BYTES\"}]}; /inputs/0/data",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": [1]}]}; /inputs/0/data",
                "{\"inputs\": [{\"name\": \"text\", \"shape\": [1], \"datatype\": \"BYTES\", \"data\": [\"a\"]}],"
                        + " \"outputs\": [{\"name\": \"logits\"}]}; /outputs/0"
            })
    void failures_haveTheProtocolsShape(String body, String said) {
        post("/v2/models/fake-one/infer", body)
                .statusCode(422)
                .contentType("application/json")
                .body("error", containsString(said));
    }

    @Test
    void whatIsNotThere_isToldInTheProtocolsWords() {
        given().get("/v2/models/none-such").then().statusCode(404).body("error", containsString("none-such"));
        given().get("/v2/nothing").then().statusCode(404).body("error", not(equalTo("")));
        post("/v2/models/none-such/infer", "{").statusCode(404).body("error", not(equalTo("")));
    }
}
