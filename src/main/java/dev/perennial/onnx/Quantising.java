// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes an encoder of bytes out of one of single precision, and opens it. What was made is compared with the original
 * first, and kept for later starts, which do not read the original any more. Thread-safe, also between processes.
 */
final class Quantising {
    /** Rounding moves a vector by some thousandths; what is wrong moves it by tenths. */
    private static final double LEAST_MEAN_COSINE = 0.98;

    private static final System.Logger LOG = System.getLogger(Quantising.class.getName());

    private final Path directory;

    Quantising(Path directory) {
        this.directory = directory;
    }

    /** The session of a file that was made before; its options are closed by the caller. */
    Optional<EncoderSession> known(ModelFolder folder, SessionOptions options) {
        return QuantisedFile.of(folder, directory).graph().flatMap(graph -> {
            try {
                return Optional.of(Packing.open(folder, graph, directory, options));
            } catch (OrtException e) {
                refuse(folder, "its bytes cannot be opened: " + e.getCode());
                return Optional.empty();
            }
        });
    }

    /** Where the file of a model is kept. */
    Path file(ModelFolder folder) {
        return QuantisedFile.of(folder, directory).path();
    }

    /**
     * Makes the file of a model, and keeps it if it gives the original's vectors.
     *
     * @param heads attention heads of a layer
     * @param options for the trial; closed by the caller
     */
    void make(ModelFolder folder, int heads, SessionOptions options, Comparison comparison) {
        try {
            Path trial = Files.createTempDirectory(Files.createDirectories(directory), ".quantised");
            try {
                QuantisedFile file = QuantisedFile.of(folder, trial);
                file.write(folder, heads);
                if (holds(folder, file, options, comparison)) {
                    Files.move(
                            file.path(),
                            file(folder),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                }
            } finally {
                delete(trial);
            }
        } catch (IOException e) {
            refuse(folder, "its bytes cannot be written: " + e.getClass().getSimpleName());
        } catch (OrtException | RuntimeException e) {
            refuse(folder, "its bytes cannot be run: " + e.getMessage());
        }
    }

    private static boolean holds(ModelFolder folder, QuantisedFile file, SessionOptions options, Comparison comparison)
            throws IOException, OrtException {
        byte[] graph = file.graph().orElseThrow(() -> new IOException("the disk gave back something else"));
        try (EncoderSession session = Packing.open(folder, graph, file.path().resolveSibling(""), options)) {
            double cosine = Arrays.stream(comparison.cosines(session)).average().orElse(0);
            LOG.log(System.Logger.Level.INFO, "Mean cosine of int8 to fp32 for {0}: {1}", folder.id(), cosine);
            if (!(cosine >= LEAST_MEAN_COSINE)) {
                refuse(folder, "rounded to bytes, its vectors are others: mean cosine " + cosine);
                return false;
            }
            boolean alone = comparison.standsAlone(session);
            if (!alone) {
                refuse(folder, "rounded to bytes, a vector depends on the other texts of its batch");
            }
            return alone;
        }
    }

    /** Says why an encoder that was to serve in bytes does not. */
    static void refuse(ModelFolder folder, String reason) {
        LOG.log(System.Logger.Level.WARNING, "Encoder {0} serves in fp32: {1}", folder.id(), reason);
    }

    private static void delete(Path trial) throws IOException {
        try (Stream<Path> files = Files.walk(trial)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
