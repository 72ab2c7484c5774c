// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static dev.perennial.fuzz.Parsing.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.SourceName;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What jobs keep in the store: as the first byte says, a large teaching or an order. Nobody but the service writes it,
 * so that what is damaged may be told by any exception; it takes no more memory than it has bytes, and what is read is
 * written as the same.
 */
final class KeptOrdersFuzzTest {
    static Stream<byte[]> seeds() {
        Teaching teaching = new Teaching(
                Input.of(new Text("a"), new Text("b")), new Answer.Labels(List.of("x")), Optional.of("1"), 2);
        TeachingPayload payload = new TeachingPayload(
                List.of(
                        teaching,
                        new Teaching(
                                Input.of(new Text("c")),
                                new Answer.Score(1.5),
                                Optional.empty(),
                                1,
                                Optional.of(new SourceName("me")))),
                List.of(new TeachingPayload.Rejected(3, "is empty")),
                1);
        return Stream.of(
                MutatedSeeds.numbered(0, payload.toBytes()),
                MutatedSeeds.numbered(1, RefreshOrder.goBack().toBytes()),
                MutatedSeeds.numbered(2, new ImportOrder("up", ImportOrder.OnConflict.SKIP).toBytes()),
                MutatedSeeds.numbered(3, "textual\nmember".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @MethodSource("seeds")
    @FuzzTest
    void whatIsKept_isReadOrToldToBeDamaged(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] kept = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 ->
                same(
                        () -> TeachingPayload.of(kept),
                        () -> TeachingPayload.of(TeachingPayload.of(kept).toBytes()));
            case 1 ->
                same(
                        () -> RefreshOrder.of(kept),
                        () -> RefreshOrder.of(RefreshOrder.of(kept).toBytes()));
            case 2 ->
                same(
                        () -> ImportOrder.of(kept),
                        () -> ImportOrder.of(ImportOrder.of(kept).toBytes()));
            default ->
                same(
                        () -> GraphVectorsOrder.of(kept),
                        () -> GraphVectorsOrder.of(GraphVectorsOrder.of(kept).toBytes()));
        }
    }

    private static <T> void same(Supplier<T> read, Supplier<T> again) {
        T value;
        try {
            value = read.get();
        } catch (RuntimeException damaged) {
            return;
        }
        require(value.equals(again.get()), "what is kept is written as something else");
    }

    @Test
    void someKeptThings_areReadOrToldToBeDamaged() {
        MutatedSeeds.check(getClass(), seeds(), this::whatIsKept_isReadOrToldToBeDamaged);
    }
}
