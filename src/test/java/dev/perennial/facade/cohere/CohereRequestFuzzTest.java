// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.cohere;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.api.RequestIds;
import dev.perennial.api.ServingGates;
import dev.perennial.api.TaskAnswers;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies in Cohere's shape that bring their examples. */
final class CohereRequestFuzzTest {
    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);
    private final CohereClassification cohere = new CohereClassification(
            limits,
            new TaskAnswers(ServingGates.ofDefaultAlone(), limits, null),
            new RequestIds(() -> "anybody", InstantSource.system()));

    static Stream<byte[]> seeds() {
        return MutatedSeeds.texts(
                """
                {"inputs":["Confirm your email address"],"examples":[{"text":"a","label":"Spam"},
                 {"text":"b","label":"Not spam"}],"truncate":"END"}""",
                "{\"inputs\":\"a\",\"examples\":[null],\"preset\":null}",
                "{\"inputs\":[1,[\"a\"]],\"examples\":[{\"text\":\"\\u0000\",\"label\":\"\\ud800\"}]}");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aRequest_isReadOrRefused(byte[] body) throws Exception {
        Optional<CohereClassification.Sent> sent =
                valueOrRefusal(() -> json.read(body, CohereClassification.Sent.class));
        if (sent.isEmpty() || sent.get().model() != null) {
            return;
        }
        Optional<CohereClassification.Question> question = valueOrRefusal(() -> cohere.read(null, sent.get()));
        question.ifPresent(read -> require(
                read.inputs().size() <= limits.inputs() && read.teachings().size() <= limits.requestExamples(),
                "more than a request may have"));
    }

    @Test
    void someRequests_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aRequest_isReadOrRefused);
    }
}
