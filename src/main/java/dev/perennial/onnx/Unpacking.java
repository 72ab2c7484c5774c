// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where resources of the class path become files, by temporary file, fsync and atomic rename. Thread-safe, also between
 * processes.
 *
 * @param directory created when absent
 */
record Unpacking(Path directory) {

    /**
     * Writes a resource into a file of the directory.
     *
     * @throws Refusal.Invalid when the class path does not hold what hashes to this, or the disk refuses
     */
    void unpack(String resource, Path file, String expectedSha256) {
        try (InputStream in = BundledModels.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new Refusal.Invalid("/model", "The class path does not hold " + resource + ".");
            }
            Files.createDirectories(directory);
            Path temporary = Files.createTempFile(directory, ".unpack", ".part");
            try {
                if (!write(in, temporary).equals(expectedSha256)) {
                    throw new Refusal.Invalid("/model", "The class path holds another " + resource + " than pinned.");
                }
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                syncDirectory();
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new Refusal.Invalid(
                    "/model",
                    "A model cannot be unpacked into the models directory: "
                            + e.getClass().getSimpleName());
        }
    }

    private static String write(InputStream in, Path file) throws IOException {
        String sha256;
        try (OutputStream out = Files.newOutputStream(file)) {
            sha256 = Sha256.copy(in, out);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return sha256;
    }

    private void syncDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
