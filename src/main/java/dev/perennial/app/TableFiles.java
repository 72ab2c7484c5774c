// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.TableEncoder;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.onnx.StaticTables;
import dev.perennial.refresh.CandidateShelf;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Refreshed tables of the static member, each a file under its hash as name, and beside them a manifest of the one that
 * serves and one of the one that a job is about to promote. Files appear whole or not at all. Thread-safe.
 */
final class TableFiles implements CandidateShelf {
    private static final Logger LOG = Logger.getLogger(TableFiles.class);
    private static final int RETRY_AFTER_SECONDS = 30;
    private static final String SERVING = "static.properties";
    private static final String PENDING = "static.pending.properties";
    private static final String TABLE = ".table";
    private static final String UNFINISHED = ".part";

    private final Path directory;
    private final KeptFiles kept;
    private final StaticTables tables;
    private final TableEncoder built;

    /**
     * @param directory exists, and holds nothing else
     * @param kept hears of them
     */
    TableFiles(Path directory, KeptFiles kept, StaticTables tables, TableEncoder built) {
        this.directory = directory;
        this.kept = kept;
        this.tables = tables;
        this.built = built;
    }

    /**
     * What is known of a table.
     *
     * @param sha256 of its file
     * @param basis what it is of use with (see {@link StaticTables#basis})
     * @param job that kept it
     * @param report what spoke for it
     */
    private record Manifest(String sha256, String basis, String job, String report) {

        static Manifest of(Properties properties) {
            return new Manifest(
                    properties.getProperty("sha256", ""),
                    properties.getProperty("basis", ""),
                    properties.getProperty("job", ""),
                    properties.getProperty("report", "{}"));
        }

        Properties properties() {
            Properties properties = new Properties();
            properties.setProperty("sha256", sha256);
            properties.setProperty("basis", basis);
            properties.setProperty("job", job);
            properties.setProperty("report", report);
            return properties;
        }
    }

    /** What can be refreshed. */
    EncoderSource.Table table() {
        return new EncoderSource.Table(built, tables.teacher(), this, this::confirmed);
    }

    /** The encoder of the table that was promoted last; empty when there is none, or it cannot serve. */
    Optional<TableEncoder> confirmed() {
        Optional<Manifest> manifest = read(SERVING);
        Optional<TableEncoder> encoder = manifest.flatMap(this::open);
        if (encoder.isPresent()) {
            LOG.infof(
                    "The static member serves a refreshed table, %s",
                    encoder.get().info().digest());
        } else if (Files.exists(directory.resolve(SERVING))) {
            LOG.warn("The refreshed table of the static member is damaged, missing or made for another release;"
                    + " the one that was built serves. Refresh it again.");
        }
        return encoder;
    }

    @Override
    public synchronized Kept keep(String job, Encoder candidate, String report) {
        try {
            Path unfinished = directory.resolve("static" + TABLE + UNFINISHED);
            String sha256 = tables.write((TableEncoder) candidate, unfinished);
            kept.keeping(file(sha256), unfinished);
            Files.move(unfinished, file(sha256), StandardCopyOption.ATOMIC_MOVE);
            Failpoint.TABLE_WRITTEN.pass();
            write(new Manifest(sha256, tables.basis(), job, report));
            return new Kept(tables.open(file(sha256), sha256), report);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public synchronized Optional<Kept> kept(String job) {
        return Stream.of(PENDING, SERVING)
                .flatMap(name -> read(name).stream())
                .filter(manifest -> manifest.job().equals(job))
                .flatMap(manifest -> open(manifest).map(encoder -> new Kept(encoder, manifest.report())).stream())
                .findFirst();
    }

    @Override
    public synchronized void confirm(String job) {
        if (read(PENDING).filter(manifest -> manifest.job().equals(job)).isPresent()) {
            Failpoint.TABLE_UNCONFIRMED.pass();
            try {
                rename(directory.resolve(PENDING), SERVING);
                sweep();
            } catch (IOException failure) {
                throw unwritable();
            }
        }
    }

    @Override
    public synchronized void discard(String job) {
        if (read(PENDING).filter(manifest -> manifest.job().equals(job)).isPresent()) {
            remove(PENDING);
        }
    }

    @Override
    public synchronized void retain(Set<String> jobs) {
        try {
            if (read(PENDING).filter(manifest -> jobs.contains(manifest.job())).isEmpty()) {
                remove(PENDING);
            } else {
                swept();
            }
        } catch (Refusal.StoreUnavailable notNow) {
            LOG.warn("What refreshes of the static member have left cannot be deleted; it takes room on the disk.");
        }
    }

    @Override
    public TableEncoder built() {
        return built;
    }

    @Override
    public synchronized void forget() {
        remove(SERVING);
    }

    private Optional<TableEncoder> open(Manifest manifest) {
        if (!manifest.basis().equals(tables.basis())) {
            return Optional.empty();
        }
        try {
            return Optional.of(tables.open(file(manifest.sha256()), manifest.sha256()));
        } catch (Refusal.Invalid damaged) {
            return Optional.empty();
        }
    }

    private Optional<Manifest> read(String name) {
        try (InputStream in = Files.newInputStream(directory.resolve(name))) {
            Properties properties = new Properties();
            properties.load(in);
            return Optional.of(Manifest.of(properties));
        } catch (IOException | IllegalArgumentException absent) {
            return Optional.empty();
        }
    }

    private void write(Manifest manifest) throws IOException {
        Path unfinished = directory.resolve(PENDING + UNFINISHED);
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            manifest.properties().store(out, null);
        }
        Synced.file(unfinished);
        rename(unfinished, PENDING);
    }

    private void rename(Path from, String name) throws IOException {
        Path to = directory.resolve(name);
        kept.keeping(to, from);
        kept.removing(List.of(from));
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Synced.directory(directory);
    }

    private void remove(String manifest) {
        try {
            kept.removing(List.of(directory.resolve(manifest)));
            Files.deleteIfExists(directory.resolve(manifest));
            Synced.directory(directory);
        } catch (IOException failure) {
            throw unwritable();
        }
        swept();
    }

    private void swept() {
        try {
            sweep();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** Deletes what was cut off, and the tables that no manifest names; who has mapped one goes on with it. */
    private void sweep() throws IOException {
        Set<Path> named = new HashSet<>();
        Stream.of(PENDING, SERVING)
                .flatMap(name -> read(name).stream())
                .forEach(manifest -> named.add(file(manifest.sha256())));
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> unnamed = files.filter(file -> Stream.of(TABLE, UNFINISHED)
                            .anyMatch(file.getFileName().toString()::endsWith))
                    .filter(file -> !named.contains(file))
                    .toList();
            kept.removing(unnamed);
            for (Path file : unnamed) {
                Files.deleteIfExists(file);
            }
        }
    }

    private Path file(String sha256) {
        return directory.resolve(sha256 + TABLE);
    }

    private static Refusal.StoreUnavailable unwritable() {
        return new Refusal.StoreUnavailable(
                "The directory of refreshed members cannot be read or written, or is full.", RETRY_AFTER_SECONDS);
    }
}
