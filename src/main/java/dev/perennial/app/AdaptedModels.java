// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.onnx.ModelFolder;
import dev.perennial.train.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Model files with adapters in them, up to so many bytes; those that were used longest ago go first. A file is named
 * after what it was made of and its own SHA-256, and appears whole or not at all. All of it can be made anew. Not
 * thread-safe.
 */
final class AdaptedModels {
    private static final String MODEL = ".onnx";

    private final Path directory;
    private final long mostBytes;
    private final InstantSource clock;

    /** @param directory exists, and holds nothing else */
    AdaptedModels(Path directory, long mostBytes, InstantSource clock) {
        this.directory = directory;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /**
     * The base with the weights that were made of it and an adapter, if they are still there; their hash is not
     * checked.
     */
    Optional<ModelFolder> find(ModelFolder base, byte[] adapter) throws IOException {
        String key = key(adapter);
        Optional<Path> file = files().stream()
                .filter(each -> each.getFileName().toString().startsWith(key))
                .findFirst();
        if (file.isPresent()) {
            Files.setLastModifiedTime(file.get(), FileTime.from(clock.instant()));
        }
        return file.map(found -> base.with(
                found, found.getFileName().toString().substring(key.length()).replace(MODEL, "")));
    }

    /** Takes a file in, which is moved. */
    ModelFolder keep(ModelFolder base, byte[] adapter, Path made) throws IOException {
        String sha256 = FileHash.of(made);
        Synced.file(made);
        Path file = directory.resolve(key(adapter) + sha256 + MODEL);
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Synced.directory(directory);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        sweep(file);
        return base.with(file, sha256);
    }

    /** Deletes what was made of other adapters than these. */
    void retain(Collection<byte[]> adapters) throws IOException {
        Set<String> keys = adapters.stream().map(AdaptedModels::key).collect(Collectors.toSet());
        for (Path file : files()) {
            if (keys.stream().noneMatch(file.getFileName().toString()::startsWith)) {
                Files.deleteIfExists(file);
            }
        }
    }

    void delete(ModelFolder adapted) throws IOException {
        Files.deleteIfExists(adapted.model());
    }

    /** Whoever serves from a file that goes has it open, and goes on. */
    private void sweep(Path newest) throws IOException {
        List<Path> oldestLast = files().stream()
                .filter(file -> !file.equals(newest))
                .sorted(Comparator.comparing(AdaptedModels::lastUse).reversed())
                .toList();
        long bytes = Files.size(newest);
        for (Path file : oldestLast) {
            bytes += Files.size(file);
            if (bytes > mostBytes) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static FileTime lastUse(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(MODEL))
                    .toList();
        }
    }

    /** An adapter names the base that it belongs to. */
    private static String key(byte[] adapter) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(adapter)) + "-";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
