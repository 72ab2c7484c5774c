// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static dev.perennial.fuzz.Parsing.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.perennial.fuzz.MutatedSeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** The file of a static table, whose rows are as long as the first byte says: whole rows, or none. */
final class StaticTableFuzzTest {
    @TempDir
    private static Path directory;

    static Stream<byte[]> seeds() {
        return Stream.of(new byte[1 + 2 * 3 * Float.BYTES], new byte[] {1, 0, 0, -128, 127}, new byte[] {2})
                .map(bytes -> {
                    bytes[0] = (byte) Math.max(1, bytes[0]);
                    return bytes;
                });
    }

    @MethodSource("seeds")
    @FuzzTest
    void aTable_isReadOrRefused(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        int dimension = 1 + Byte.toUnsignedInt(input[0]) % 16;
        Path file = Files.write(directory.resolve("table"), Arrays.copyOfRange(input, 1, input.length));
        try {
            StaticTable table = StaticTable.map(file, dimension);
            require(table.pieces() * dimension * Float.BYTES == input.length - 1, "a part of a row");
            long[] ids = {0, table.pieces() - 1, table.pieces(), Long.MAX_VALUE};
            require(table.sum(ids, 0, ids.length).length == dimension, "a sum of another length");
            require(table.row(table.pieces() - 1).length == dimension, "a row of another length");
        } catch (IOException noRows) {
            require((input.length - 1) % (dimension * Float.BYTES) != 0 || input.length == 1, "whole rows are refused");
        }
    }

    @Test
    void someTables_areReadOrRefused() {
        MutatedSeeds.check(getClass(), seeds(), this::aTable_isReadOrRefused);
    }
}
