// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.failpoint.Failpoint;
import dev.perennial.refresh.Exports;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Exports as files of one directory: {@code exp_….zip}, and beside it {@code exp_….about}, which says what is known of
 * it. One is there when both are. Thread-safe.
 */
public final class ExportFiles implements Exports {
    private static final Pattern ID = Pattern.compile("exp_[A-Za-z0-9]{1,40}");
    private static final String FILE = ".zip";
    private static final String ABOUT = ".about";
    private static final String PART = ".part";

    private final Path directory;

    /** @param directory holds nothing else */
    public ExportFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public void prepare(Export export, Writer writer) {
        try {
            try {
                write(path(export.id(), PART), writer);
                write(path(export.id(), ABOUT), out -> out.write(about(export).getBytes(StandardCharsets.UTF_8)));
            } catch (IOException | RuntimeException failure) {
                Files.deleteIfExists(path(export.id(), PART));
                Files.deleteIfExists(path(export.id(), ABOUT));
                throw failure;
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    private static void write(Path file, Writer writer) throws IOException {
        OwnerOnly.createFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            writer.write(out);
            out.flush();
            channel.force(true);
        }
    }

    @Override
    public void publish(String id) {
        Failpoint.EXPORT_WRITTEN.pass();
        try {
            Files.move(path(id, PART), path(id, FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public List<Export> all() {
        List<Export> all = new ArrayList<>();
        for (Path file : files(FILE)) {
            String name = file.getFileName().toString();
            find(name.substring(0, name.length() - FILE.length())).ifPresent(all::add);
        }
        all.sort(Comparator.comparing(Export::id));
        return all;
    }

    @Override
    public Optional<Export> find(String id) {
        if (!ID.matcher(id).matches() || Files.notExists(path(id, FILE))) {
            return Optional.empty();
        }
        try {
            return Optional.of(about(id, Files.readAllLines(path(id, ABOUT))));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public long size(String id) {
        try {
            return Files.size(path(id, FILE));
        } catch (IOException gone) {
            throw new Refusal.NotFound("export", id);
        }
    }

    @Override
    public InputStream open(String id) {
        try {
            return Files.newInputStream(path(id, FILE));
        } catch (NoSuchFileException gone) {
            throw new Refusal.NotFound("export", id);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public void remove(String id) {
        try {
            Files.deleteIfExists(path(id, FILE));
            Files.deleteIfExists(path(id, PART));
            Files.deleteIfExists(path(id, ABOUT));
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public void sweep() {
        try {
            for (Path file : files("")) {
                String name = file.getFileName().toString();
                String id = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                if (name.endsWith(PART) || find(id).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    private List<Path> files(String suffix) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "exp_*" + suffix)) {
            found.forEach(files::add);
        } catch (IOException failure) {
            throw unwritable();
        }
        return files;
    }

    private Path path(String id, String suffix) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalStateException("no id of an export");
        }
        return directory.resolve(id + suffix);
    }

    private static String about(Export export) {
        Stream<String> head = Stream.of(export.createdAt().toString(), export.lastEvent());
        Stream<String> tasks = export.tasks().stream().map(TaskId::value);
        return String.join("\n", Stream.concat(head, tasks).toList()) + "\n";
    }

    private static Export about(String id, List<String> lines) {
        return new Export(
                id,
                Instant.parse(lines.get(0)),
                lines.subList(2, lines.size()).stream().map(TaskId::new).toList(),
                lines.get(1));
    }

    private static Refusal.StoreUnavailable unwritable() {
        return StoreFailure.unavailable(
                "The directory of exports cannot be read or written, or is full. Check the disk of the data directory.");
    }
}
