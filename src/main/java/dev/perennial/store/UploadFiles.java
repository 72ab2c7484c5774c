// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.Uploads;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Uploads as files of one directory. Thread-safe. */
public final class UploadFiles implements Uploads {
    private static final String SUFFIX = ".upload";

    private final Path directory;
    private final KeptFiles kept;

    /**
     * @param directory holds nothing else
     * @param kept hears of them
     */
    public UploadFiles(Path directory, KeptFiles kept) {
        this.directory = directory;
        this.kept = kept;
    }

    @Override
    public String stage(InputStream file) {
        try {
            Path staged = Files.createTempFile(directory, "", SUFFIX);
            try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                file.transferTo(out);
                channel.force(true);
                kept.keeping(staged, staged);
            } catch (IOException | RuntimeException failure) {
                Files.deleteIfExists(staged);
                throw failure;
            }
            return staged.getFileName().toString();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public long size(String name) {
        try {
            return Files.size(directory.resolve(name));
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public InputStream open(String name) {
        try {
            return Files.newInputStream(directory.resolve(name));
        } catch (NoSuchFileException gone) {
            throw new Refusal.Invalid("", "The upload is no longer there; send it again.");
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public void discard(String name) {
        try {
            Path file = directory.resolve(name);
            kept.removing(List.of(file));
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public void retain(Set<String> names) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            List<Path> others = StreamSupport.stream(found.spliterator(), false)
                    .filter(file -> !names.contains(file.getFileName().toString()))
                    .toList();
            kept.removing(others);
            for (Path file : others) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    private static Refusal.StoreUnavailable unwritable() {
        return StoreFailure.unavailable(
                "The directory of uploads cannot be read or written, or is full. Check the disk of the data directory.");
    }
}
