// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.inference;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.api.ServingGates;
import dev.perennial.api.TaskAnswers;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of the Open Inference Protocol: tensors of texts. */
final class InferenceRequestFuzzTest {
    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);
    private final InferenceAnswers answers =
            new InferenceAnswers(limits, new TaskAnswers(ServingGates.ofDefaultAlone(), limits, null));

    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                """
                {"id":"1","inputs":[{"name":"TEXT","shape":[2],"datatype":"BYTES","data":["a","b"]}],
                 "outputs":[{"name":"LABEL"}],"parameters":{"x":1}}""",
                """
                {"inputs":[{"name":"TEXT","shape":[1,1],"datatype":"BYTES","data":[["a"]]}]}""",
                "{\"inputs\":[{\"name\":null,\"shape\":[null,9223372036854775807],\"datatype\":\"BYTES\",\"data\":[]}]}");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aRequest_isReadOrRefused(byte[] body) throws Exception {
        Optional<InferenceBodies.Request> sent = valueOrRefusal(() -> json.read(body, InferenceBodies.Request.class));
        if (sent.isPresent()) {
            Optional<InferenceAnswers.Question> question =
                    valueOrRefusal(() -> answers.read(new InferenceModels.Named("m", null), null, sent.get()));
            question.ifPresent(
                    read -> require(read.inputs().size() <= limits.inputs(), "more inputs than a request has"));
        }
    }

    @Test
    void someRequests_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aRequest_isReadOrRefused);
    }
}
