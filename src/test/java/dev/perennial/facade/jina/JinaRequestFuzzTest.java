// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade.jina;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.api.Json;
import dev.perennial.api.Limits;
import dev.perennial.api.ServingGates;
import dev.perennial.api.TaskAnswers;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.fuzz.Parsing;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies in Jina's shape: after a first byte 0 to classify over labels, after any other to train. */
final class JinaRequestFuzzTest {
    private final Limits limits = Parsing.smallLimits();
    private final Json json = Json.within(limits);
    private final JinaClassification classification =
            new JinaClassification(limits, new TaskAnswers(ServingGates.ofDefaultAlone(), limits, null));
    private final JinaTraining training = new JinaTraining(limits, null, null, null, null);

    static Stream<byte[]> seeds() {
        return MutatedSeeds.numbered(
                2,
                "{\"input\":[\"a\",{\"text\":\"b\"}],\"labels\":[\"x\",\"y\"]}",
                "{\"input\":{\"text\":\"b\"},\"labels\":{\"g\":[\"x\"],\"h\":[\"y\",\"z\"]}}",
                "{\"model\":\"m\",\"access\":\"private\",\"num_iters\":10,\"input\":[{\"text\":\"a\",\"label\":\"x\"}]}",
                "{\"input\":[{\"text\":\"a\",\"image\":\"b\"},null,1],\"labels\":[null,{}]}");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aRequest_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        if (input[0] == 0) {
            Optional<JinaClassification.Sent> sent =
                    valueOrRefusal(() -> json.read(body, JinaClassification.Sent.class));
            if (sent.isPresent() && sent.get().classifierId() == null) {
                Optional<JinaClassification.Question> question =
                        valueOrRefusal(() -> classification.read(null, sent.get()));
                question.ifPresent(read -> require(
                        read.labels().size() * read.inputs().size() <= limits.answers(), "more than may be answered"));
            }
        } else {
            Optional<JinaResource.TrainBody> sent = valueOrRefusal(() -> json.read(body, JinaResource.TrainBody.class));
            if (sent.isPresent()) {
                valueOrRefusal(() -> training.rows(sent.get().input()));
            }
        }
    }

    @Test
    void someRequests_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aRequest_isReadOrRefused);
    }
}
