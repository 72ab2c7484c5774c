// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static dev.perennial.fuzz.Parsing.require;
import static dev.perennial.fuzz.Parsing.valueOrRefusal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of adapters. After a first byte 0 the input is the file; after any other it is what the file holds, and its
 * hash is made right. What is read is written as it was.
 */
final class AdapterFileFuzzTest {
    private static final int HASH_BYTES = 32;

    static Stream<byte[]> seeds() {
        TensorFile adapter = new TensorFile(
                Map.of("kind", "adapter 1", "base", "ab".repeat(32), "selection", "low rank 2", "scale", "0.5"),
                List.of(
                        new StoredTensor("l.0/w#A", new long[] {2, 1}, Optional.empty(), new float[] {1, -2}),
                        new StoredTensor("l.0/b", new long[] {3}, Optional.of(new int[] {0, 2}), new float[] {3, 4})));
        try {
            byte[] file = adapter.content();
            return Stream.of(
                    MutatedSeeds.numbered(0, file),
                    MutatedSeeds.numbered(1, Arrays.copyOf(file, file.length - HASH_BYTES)));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void anAdapter_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        byte[] file = input[0] == 0 ? rest : sealed(rest);
        Optional<TensorFile> read = valueOrRefusal(() -> TensorFile.of(file));
        if (read.isEmpty()) {
            return;
        }
        long numbers = read.get().tensors().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();
        require(numbers * Float.BYTES <= file.length, "more numbers than the file has bytes for");
        require(again(read.get()).equals(read.get().header()), "another header");
        Optional<Adapter> adapter = valueOrRefusal(() -> Adapter.of(file));
        require(
                adapter.isEmpty()
                        || Float.isFinite(adapter.get().scale())
                                && adapter.get().parameters() >= 0,
                "an adapter that cannot be merged");
    }

    private static Map<String, String> again(TensorFile read) throws IOException {
        return TensorFile.of(read.content()).header();
    }

    private static byte[] sealed(byte[] content) {
        try {
            byte[] file = Arrays.copyOf(content, content.length + HASH_BYTES);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            System.arraycopy(hash, 0, file, content.length, HASH_BYTES);
            return file;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void someAdapters_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::anAdapter_isReadOrRefused);
    }
}
