// SPDX-License-Identifier: Apache-2.0
package dev.perennial.kge;

import static dev.perennial.fuzz.Parsing.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** The state of a training as it is kept: what is read is written as the same bytes; anything else is told as such. */
final class TrainingStateFuzzTest {
    private static final int ENTITIES = 3;
    private static final int RELATIONS = 1;

    static Stream<byte[]> seeds() {
        return Stream.of(GraphModel.DISTMULT, GraphModel.TRANSE).map(TrainingStateFuzzTest::state);
    }

    private static byte[] state(GraphModel model) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try (java.io.DataOutputStream out = new java.io.DataOutputStream(head)) {
            TrainingSettings settings = TrainingSettings.of(model).withRank(2);
            out.writeInt(0x504B4731);
            out.writeUTF(model.name());
            out.writeInt(settings.rank());
            out.writeInt(settings.epochs());
            out.writeInt(settings.batch());
            out.writeInt(settings.negatives());
            for (float number : new float[] {
                settings.learningRate(),
                settings.initialScale(),
                settings.regularization(),
                settings.relationWeight(),
                settings.margin(),
                settings.temperature()
            }) {
                out.writeFloat(number);
            }
            out.writeLong(settings.seed());
            out.writeInt(1);
            out.writeInt(ENTITIES);
            out.writeInt(2 * RELATIONS);
            int numbers = ENTITIES * model.entityWidth(2) + 2 * RELATIONS * model.relationWidth(2);
            out.write(new byte[2 * numbers * Float.BYTES]);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return head.toByteArray();
    }

    @MethodSource("seeds")
    @FuzzTest
    void aState_isReadOrToldToBeNone(byte[] input) throws IOException {
        TrainingState state;
        try {
            state = TrainingState.read(new ByteArrayInputStream(input), ENTITIES, RELATIONS);
        } catch (IOException none) {
            return;
        }
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        state.writeTo(again);
        byte[] written = again.toByteArray();
        require(written.length <= input.length, "more numbers than there were bytes for");
        require(Arrays.equals(written, 0, 4, input, 0, 4) && written.length > 4, "a state that is written as another");
    }

    @Test
    void someStates_areReadOrToldToBeNone() {
        MutatedSeeds.check(getClass(), seeds(), this::aState_isReadOrToldToBeNone);
    }
}
