// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import static dev.perennial.fuzz.Parsing.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers and members in columns of the store, as JSON of the kind that the first byte says. Nobody but the service
 * writes it, so that what is damaged may be told by any exception; what is read is written as the same.
 */
final class ColumnsFuzzTest {
    static Stream<byte[]> seeds() {
        return MutatedSeeds.numbered(
                4,
                "[\"a\",\"b\"]",
                "[2,0.9,0.5,\"a\",0.7,\"b\",0.2]",
                "\"a\"",
                "1.5",
                "null",
                "[[\"m\",\"d\"]]",
                "[[[[");
    }

    @MethodSource("seeds")
    @FuzzTest
    void aColumn_isReadOrToldToBeDamaged(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String json = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.UTF_8);
        UnaryOperator<String> column = switch (input[0] & 3) {
            case 0 -> text -> AnswerJson.labels(AnswerJson.labels(text));
            case 1 -> text -> AnswerJson.odds(AnswerJson.odds(text));
            case 2 -> text -> AnswerJson.answer(AnswerJson.answer(text));
            default -> text -> PinJson.write(PinJson.read(text));
        };
        read(() -> column.apply(json), column);
    }

    private static void read(Supplier<String> first, UnaryOperator<String> column) {
        String written;
        try {
            written = first.get();
        } catch (RuntimeException damaged) {
            return;
        }
        require(column.apply(written).equals(written), "a column that is written as another");
    }

    @Test
    void someColumns_areReadOrToldToBeDamaged() {
        MutatedSeeds.check(getClass(), seeds(), this::aColumn_isReadOrToldToBeDamaged);
    }
}
