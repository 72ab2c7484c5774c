// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Packed graphs that gave the vectors of the original one, each in a file that begins with the hash of the rest. An
 * empty graph says that none did. What cannot be read or written is tried out again at the next start. Thread-safe,
 * also between processes.
 */
final class KeptGraphs {
    private static final System.Logger LOG = System.getLogger(KeptGraphs.class.getName());
    private static final int HASH_BYTES = 64;

    private final Path directory;

    KeptGraphs(Path directory) {
        this.directory = directory;
    }

    /** What was found out about a model; empty when that was never tried. */
    Optional<byte[]> find(ModelFolder model) {
        try {
            byte[] bytes = Files.readAllBytes(file(model));
            int start = Math.min(HASH_BYTES, bytes.length);
            byte[] graph = Arrays.copyOfRange(bytes, start, bytes.length);
            String hash = new String(bytes, 0, start, StandardCharsets.US_ASCII);
            return hash.equals(Sha256.of(graph)) ? Optional.of(graph) : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    void keep(ModelFolder model, byte[] graph) {
        try {
            Files.createDirectories(directory);
            Path temporary = Files.createTempFile(directory, ".packed", ".part");
            try {
                byte[] hash = Sha256.of(graph).getBytes(StandardCharsets.US_ASCII);
                byte[] bytes = Arrays.copyOf(hash, hash.length + graph.length);
                System.arraycopy(graph, 0, bytes, hash.length, graph.length);
                Files.write(temporary, bytes);
                Files.move(temporary, file(model), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The packed graph of {0} cannot be kept and is made anew at every start: {1}",
                    model.id(),
                    e.getClass().getSimpleName());
        }
    }

    /** A graph names the file of its weights, so the same weights in another file have another graph. */
    private Path file(ModelFolder model) {
        String weights = model.modelSha256() + "\n" + model.model().getFileName();
        return directory.resolve(Sha256.of(weights) + "-" + PackedGraph.VERSION + ".packed");
    }
}
