// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The bytes of all files below a directory, one char a byte, to be searched.
 *
 * @param files content of each file
 */
record StoredBytes(List<String> files) {
    static StoredBytes in(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            return new StoredBytes(
                    paths.filter(Files::isRegularFile).map(StoredBytes::read).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean contain(String text) {
        return contain(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean contain(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return contain(buffer.array());
    }

    boolean contain(byte[] bytes) {
        String wanted = new String(bytes, StandardCharsets.ISO_8859_1);
        return files.stream().anyMatch(file -> file.contains(wanted));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
