// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's libraries, unpacked into a temporary directory until they are loaded. Left to itself the runtime
 * leaves that directory behind, with all that is in it when the process is killed.
 *
 * <p>Only where a loaded library needs no file any more, which is Linux, and only for the build that loads nothing
 * later, which is the one for the CPU; elsewhere the runtime does as it likes. Not thread-safe.
 */
final class NativeLibraries implements AutoCloseable {
    private static final String WHERE = "onnxruntime.native.path";
    private static final String LATER = "libonnxruntime_providers_shared.so";
    private static final List<String> NAMES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");
    private static final Map<String, String> FOLDER_BY_ARCHITECTURE =
            Map.of("amd64", "linux-x64", "aarch64", "linux-aarch64");

    private final @Nullable Path directory;

    private NativeLibraries(@Nullable Path directory) {
        this.directory = directory;
    }

    /** Unpacks them; what is loaded before {@link #close} is loaded from there. */
    static NativeLibraries unpack() {
        Map<String, URL> libraries = libraries();
        if (libraries.isEmpty() || System.getProperty(WHERE) != null) {
            return new NativeLibraries(null);
        }
        try {
            Path directory = Files.createTempDirectory("perennial-native");
            NativeLibraries unpacked = new NativeLibraries(directory);
            try {
                for (Map.Entry<String, URL> library : libraries.entrySet()) {
                    try (InputStream in = library.getValue().openStream()) {
                        Files.copy(in, directory.resolve(library.getKey()));
                    }
                }
            } catch (IOException failure) {
                unpacked.close();
                throw failure;
            }
            System.setProperty(WHERE, directory.toString());
            return unpacked;
        } catch (IOException failure) {
            throw new UncheckedIOException("the libraries of ONNX Runtime cannot be unpacked", failure);
        }
    }

    @Override
    public void close() {
        if (directory == null) {
            return;
        }
        System.clearProperty(WHERE);
        try {
            for (String name : NAMES) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException("a temporary directory cannot be removed", failure);
        }
    }

    private static Map<String, URL> libraries() {
        Map<String, URL> libraries = new HashMap<>();
        String folder = FOLDER_BY_ARCHITECTURE.get(System.getProperty("os.arch"));
        if (!"Linux".equals(System.getProperty("os.name"))
                || folder == null
                || resource(folder, LATER).isPresent()) {
            return libraries;
        }
        for (String name : NAMES) {
            resource(folder, name).ifPresent(library -> libraries.put(name, library));
        }
        return libraries;
    }

    private static Optional<URL> resource(String folder, String name) {
        return Optional.ofNullable(OrtEnvironment.class.getResource("/ai/onnxruntime/native/" + folder + "/" + name));
    }
}
