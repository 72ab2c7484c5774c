// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.tei;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies in text-embeddings-inference's shape, of the route that the first byte says. */
final class TeiRequestFuzzTest {
    private static final int ROUTES = 4;

    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);
    private final TeiRequests requests = new TeiRequests(limits);

    static Stream<byte[]> seeds() {
        return MutatedSeeds.numbered(
                ROUTES,
                "{\"inputs\":[\"a\",\"b\"],\"truncate\":true,\"truncation_direction\":\"Right\",\"normalize\":false}",
                "{\"inputs\":[[\"a\",\"b\"],[\"c\"]],\"raw_scores\":false}",
                "{\"query\":\"a\",\"texts\":[\"b\"],\"return_text\":true}",
                "{\"inputs\":{\"source_sentence\":\"a\",\"sentences\":[\"b\"]},\"parameters\":{\"prompt_name\":null}}",
                "{\"inputs\":[[1,2],[]]}");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aRequest_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> {
                Optional<TeiBodies.Embed> sent = valueOrRefusal(() -> json.read(body, TeiBodies.Embed.class));
                if (sent.isPresent()) {
                    TeiRequests.isEmpty(sent.get().inputs());
                }
            }
            case 1 -> {
                Optional<TeiBodies.Predict> sent = valueOrRefusal(() -> json.read(body, TeiBodies.Predict.class));
                if (sent.isPresent()) {
                    Optional<TeiRequests.Questions> read =
                            valueOrRefusal(() -> requests.questions(sent.get().inputs()));
                    read.ifPresent(questions ->
                            require(questions.inputs().size() <= limits.inputs(), "more inputs than a request has"));
                }
            }
            case 2 -> {
                Optional<TeiBodies.Rerank> sent = valueOrRefusal(() -> json.read(body, TeiBodies.Rerank.class));
                if (sent.isPresent()) {
                    valueOrRefusal(() -> requests.oneAndOthers(
                            sent.get().query(), "/query", sent.get().texts(), "/texts"));
                }
            }
            default -> valueOrRefusal(() -> json.read(body, TeiBodies.Similarity.class));
        }
    }

    @Test
    void someRequests_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aRequest_isReadOrRefused);
    }
}
