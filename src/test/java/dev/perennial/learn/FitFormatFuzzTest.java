// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.fuzz.Parsing.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.fuzz.MutatedSeeds;
import dev.perennial.task.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Fitted numbers as the store keeps them: those of this fit, or none. */
final class FitFormatFuzzTest {
    private static final String BASIS = "b";
    private static final List<String> LABELS = List.of("x", "y");

    private final FitFormat format = new FitFormat(Kind.CLASSIFICATION, LABELS, BASIS);

    static Stream<byte[]> seeds() {
        return Stream.of(fit(0), fit(1));
    }

    /** A head in kernel form without rows, and a combination of it. */
    private static byte[] fit(int firsts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(BASIS);
            out.writeInt(1);
            out.writeUTF("graph");
            out.writeDouble(0.5);
            out.writeInt(1);
            out.writeUTF("part");
            out.writeInt(0);
            out.writeInt(1);
            out.writeDouble(1);
            out.writeDouble(0);
            out.writeByte(1);
            out.writeDouble(1);
            out.writeDouble(0.1);
            out.writeInt(0);
            out.writeInt(LABELS.size());
            combination(out);
            out.writeInt(firsts);
            for (int i = 0; i < firsts; i++) {
                combination(out);
            }
            out.writeInt(2);
            out.writeDouble(0.5);
            out.writeDouble(0.75);
            out.writeInt(firsts);
            for (int i = 0; i < firsts; i++) {
                out.writeInt(1);
                out.writeDouble(0.1);
                out.writeInt(1);
                out.writeDouble(0.9);
                out.writeBoolean(true);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void combination(DataOutputStream out) throws IOException {
        out.writeInt(1);
        out.writeInt(0);
        out.writeDouble(1);
        out.writeDouble(1);
        out.writeInt(1);
        out.writeDouble(0.3);
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFit_isReadOrOfNoUse(byte[] input) {
        format.graphs(input).ifPresent(graphs -> require(graphs.size() <= input.length, "graphs without bytes"));
        FitFormat.Given given = new FitFormat.Given(List.of(), view -> {
            throw new IllegalArgumentException("no fixed features here");
        });
        Optional<Ensemble.Voices> voices = format.read(input, given);
        voices.ifPresent(read ->
                require(format.read(format.write(read, List.of()), given).isPresent(), "a fit that is not read again"));
    }

    @Test
    void someFits_areReadOrOfNoUse() {
        MutatedSeeds.check(getClass(), seeds(), this::aFit_isReadOrOfNoUse);
    }
}
