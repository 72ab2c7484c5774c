// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.task.DerivedCache;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * {@link DerivedCache} as one file a name: the SHA-256 of the content, then the content. A file is written under
 * another name and then renamed, but not forced to disk; the digest tells whether it is whole.
 */
public final class DerivedFiles implements DerivedCache {
    private static final Logger LOG = Logger.getLogger(DerivedFiles.class);
    private static final String SUFFIX = ".bin";
    private static final String UNFINISHED = ".new";
    private static final int DIGEST_BYTES = 32;

    private final Path directory;

    /** @param directory exists, and holds nothing else; what a stop left half written is removed from it */
    public DerivedFiles(Path directory) {
        this.directory = directory;
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
            unfinished.forEach(DerivedFiles::delete);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warnf(
                    "The directory of derived files could not be read: %s",
                    e.getClass().getSimpleName());
        }
    }

    @Override
    public synchronized void put(String name, byte[] content) {
        Path written = directory.resolve(name + UNFINISHED);
        try {
            Files.deleteIfExists(written);
            OwnerOnly.createFile(written);
            try (var out = Files.newOutputStream(written)) {
                out.write(sha256(content, 0));
                out.write(content);
            }
            Files.move(written, file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warnf(
                    "What can be derived could not be kept for the next start, which will take longer: %s",
                    e.getClass().getSimpleName());
            delete(written);
        }
    }

    @Override
    public synchronized Optional<byte[]> get(String name) {
        try {
            byte[] content = Files.readAllBytes(file(name));
            boolean whole = content.length >= DIGEST_BYTES
                    && Arrays.equals(content, 0, DIGEST_BYTES, sha256(content, DIGEST_BYTES), 0, DIGEST_BYTES);
            return whole ? Optional.of(Arrays.copyOfRange(content, DIGEST_BYTES, content.length)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized void remove(String name) {
        delete(file(name));
    }

    @Override
    public synchronized Set<String> names() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : found) {
                String name = file.getFileName().toString();
                names.add(name.substring(0, name.length() - SUFFIX.length()));
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warnf(
                    "The directory of derived files could not be read: %s",
                    e.getClass().getSimpleName());
        }
        return names;
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warnf("A derived file could not be deleted: %s", e.getClass().getSimpleName());
        }
    }

    private static byte[] sha256(byte[] content, int from) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(content, from, content.length - from);
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
