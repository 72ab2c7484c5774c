// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Vectors of entities: as the first byte says, in a file of word2vec as text or as bytes, or in our own file, of which
 * what is read is written again.
 */
final class VectorFilesFuzzTest {
    private static final byte OWN = 2;
    private static final AliasIndex NAMES = AliasIndex.of(KnowledgeGraphTest.graph(
            List.of(Statement.label("Q1", "Barack Obama", "en"), Statement.label("new york", "New York", "en"))));

    @TempDir
    private static Path directory;

    static Stream<byte[]> seeds() {
        return Stream.concat(
                MutatedSeeds.numbered(
                        OWN,
                        "3 2\nthe 1 NaN\nENTITY/Barack_Obama 127 -1e0\nnew york 0 127\n",
                        "1 2\nQ1 \0\0\u0000A\0\0\0\0"),
                Stream.of(MutatedSeeds.numbered(OWN, own())));
    }

    private static byte[] own() {
        try {
            Path folder = Files.createTempDirectory("vectors");
            Path file = folder.resolve("v");
            EntityVectorsBuilder vectors = new EntityVectorsBuilder(2);
            vectors.add("Q1", new float[] {1, -1});
            VectorsFile.write(vectors.build("made"), file);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(folder);
            return bytes;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void vectors_areReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] file = Arrays.copyOfRange(input, 1, input.length);
        if (input[0] >= OWN) {
            ownVectors_areReadOrOfNoUse(file);
            return;
        }
        WordVectorsFile.Format format = WordVectorsFile.Format.values()[input[0] & 1];
        Optional<EntityVectors> read =
                valueOrRefusal(() -> WordVectorsFile.read(new ByteArrayInputStream(file), format, NAMES));
        read.ifPresent(vectors -> require(vectors.dimension() > 0, "vectors without numbers"));
    }

    private static void ownVectors_areReadOrOfNoUse(byte[] file) throws IOException {
        Optional<EntityVectors> read = VectorsFile.read(Files.write(directory.resolve("read"), file));
        if (read.isPresent()) {
            Path again = directory.resolve("again");
            VectorsFile.write(read.get(), again);
            require(VectorsFile.read(again).isPresent(), "vectors that are not read again");
        }
    }

    @Test
    void someVectors_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::vectors_areReadOrRefused);
    }
}
