// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The directory that one process of the service owns: the database, models and temporary files. Thread-safe.
 *
 * <p>The file {@code lock} is locked as long as the directory is open; {@code format} holds the number of the layout.
 */
public final class DataDirectory implements AutoCloseable {
    private static final int FORMAT = 1;
    private static final String DATABASE = "perennial.db";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory when it is not there, and takes it.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it is in use, cannot be written or was written by a
     *     newer release; the detail says what to do
     */
    public static DataDirectory open(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        try {
            OwnerOnly.createDirectory(path);
            FileChannel lockFile = lock(path);
            try {
                checkFormat(path);
                OwnerOnly.createDirectory(path.resolve("models"));
                OwnerOnly.createDirectory(path.resolve("tmp"));
                OwnerOnly.createDirectory(path.resolve("derived"));
                OwnerOnly.createDirectory(path.resolve("members"));
                OwnerOnly.createDirectory(path.resolve("refreshed"));
                OwnerOnly.createDirectory(path.resolve("adapters"));
                OwnerOnly.createDirectory(path.resolve("graphs"));
                OwnerOnly.createDirectory(path.resolve("uploads"));
                OwnerOnly.createDirectory(path.resolve("exports"));
                OwnerOnly.createDirectory(path.resolve("imports"));
                return new DataDirectory(path, lockFile);
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw StoreFailure.unavailable(
                    "The data directory '" + path + "' cannot be created or written. Make it writable for"
                            + " the service's user, or set perennial.data-directory to another directory.");
        }
    }

    /** Whether there is one with a database in it. */
    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve(DATABASE));
    }

    /**
     * Deletes one with all that is in it, if it is there. Nobody has taken it.
     *
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when not everything could be deleted
     */
    public static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw StoreFailure.unavailable("The data directory '" + directory + "' cannot be deleted.");
        }
    }

    public Path path() {
        return path;
    }

    /** Where the database file is, or will be. */
    public Path database() {
        return path.resolve(DATABASE);
    }

    public Path models() {
        return path.resolve("models");
    }

    /** For encoders that were registered. */
    public Path members() {
        return path.resolve("members");
    }

    /** For what took the place of bundled encoders. */
    public Path refreshed() {
        return path.resolve("refreshed");
    }

    /** For what adapts encoders to tasks. */
    public Path adapters() {
        return path.resolve("adapters");
    }

    /** For vectors of knowledge graphs. */
    public Path graphs() {
        return path.resolve("graphs");
    }

    /** For files that wait for the job that reads them. */
    public Path uploads() {
        return path.resolve("uploads");
    }

    /** For exported files until they are fetched. */
    public Path exports() {
        return path.resolve("exports");
    }

    /** For exported files of elsewhere until their tasks are taught. */
    public Path imports() {
        return path.resolve("imports");
    }

    /** For what can be derived anew from the database and the models. */
    public Path derived() {
        return path.resolve("derived");
    }

    /** For files that need not outlive the process. */
    public Path temporary() {
        return path.resolve("tmp");
    }

    /** Lets another process take the directory. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw StoreFailure.unavailable("The lock of the data directory '" + path + "' could not be given back.");
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve("lock");
        OwnerOnly.createFile(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // This process holds it already, which is refused like any other holder.
        }
        channel.close();
        throw StoreFailure.unavailable("Another process is using the data directory '" + path
                + "'. Stop that process, or set" + " perennial.data-directory to another directory.");
    }

    private static void checkFormat(Path path) throws IOException {
        Path file = path.resolve("format");
        if (Files.exists(file) && Files.size(file) > 0) {
            String found = Files.readString(file).strip();
            if (!found.equals(Integer.toString(FORMAT))) {
                throw StoreFailure.unavailable("The data directory '" + path + "' has format " + printable(found)
                        + ", and this release knows format " + FORMAT + ". Start the release that wrote it.");
            }
        } else {
            writeFormat(file);
        }
    }

    private static void writeFormat(Path file) throws IOException {
        OwnerOnly.createFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap((FORMAT + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
    }

    private static String printable(String found) {
        return found.matches("[0-9]{1,9}") ? found : "unknown";
    }
}
