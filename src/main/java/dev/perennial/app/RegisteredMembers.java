// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.Encoders;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.onnx.MemberChecks;
import dev.perennial.onnx.ModelFolder;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.TableFolder;
import dev.perennial.refresh.JobProgress;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.refresh.MemberSource;
import dev.perennial.refresh.Members;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Registered encoders, each in a folder of its own below one directory: model, tokenizer and a manifest with their
 * hashes; of a static one, its table in the model's place. A folder appears whole or not at all, and under the id of
 * its encoder when that serves. Thread-safe; registrations follow one another.
 *
 * <p>Folders whose names begin with a dot are work in progress and belong to nobody after a crash; a job that is begun
 * again makes them anew from what was sent.
 */
public final class RegisteredMembers implements MemberRegistry {
    private static final Logger LOG = Logger.getLogger(RegisteredMembers.class);
    private static final int RETRY_AFTER_SECONDS = 30;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String STAGED = ".staged";
    private static final String TRYING = ".trying";
    private static final String PENDING = ".pending-";
    private static final String REMOVED = ".removed-";

    private final Path directory;
    private final KeptFiles kept;
    private final Optional<Path> imports;
    private final MemberChecks checks;
    private final OnnxRuntime runtime;
    private final long maxArchiveBytes;
    private final CrashJournal journal;

    /** One table at a time is made: it may take half of the heap. */
    private final Semaphore distilling = new Semaphore(1);

    /**
     * Where registered encoders come from and go to.
     *
     * @param directory where they are kept; created when absent
     * @param kept hears of those that are confirmed, and of archives
     * @param imports below which folders may be registered; empty: none may
     * @param maxArchiveBytes largest archive
     */
    public record Places(Path directory, KeptFiles kept, Optional<Path> imports, long maxArchiveBytes) {}

    public RegisteredMembers(Places places, MemberChecks checks, OnnxRuntime runtime) {
        this.directory = places.directory();
        this.kept = places.kept();
        this.imports = places.imports();
        this.maxArchiveBytes = places.maxArchiveBytes();
        this.checks = checks;
        this.runtime = runtime;
        this.journal = new CrashJournal(places.directory().resolve(TRYING));
    }

    /** Opens what was registered before; what cannot be opened is noted with its reason, and the others serve. */
    static void openAll(MemberRegistry registry, Encoders encoders, Members members) {
        for (String id : registry.registered()) {
            try {
                if (encoders.find(id).isPresent()) {
                    throw new Refusal.Conflict("Another member has this id; register it again under another one.");
                }
                encoders.add(registry.open(id));
            } catch (Refusal refused) {
                LOG.warnf("Member %s cannot serve: %s", id, refused.getMessage());
                members.failed(id, String.valueOf(refused.getMessage()));
            }
        }
    }

    /** Removes what registrations left behind that a crash cut off. Called once, before the first registration. */
    void sweep() {
        try (Stream<Path> folders = Files.isDirectory(directory) ? Files.list(directory) : Stream.<Path>empty()) {
            for (Path folder : folders.toList()) {
                String name = folder.getFileName().toString();
                if (name.startsWith(".") && !List.of(STAGED, TRYING).contains(name)) {
                    delete(folder);
                }
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public MemberSource folder(String id, String folder) {
        Path base = imports.orElseThrow(() -> new Refusal.Invalid(
                "/folder", "cannot be imported: perennial.members.import-directory is not set; send an archive"));
        try {
            Path real = base.toRealPath();
            Path found = real.resolve(folder).toRealPath();
            if (found.startsWith(real) && !found.equals(real) && Files.isDirectory(found)) {
                journal.end(id);
                return new MemberSource.Folder(id, found);
            }
        } catch (IOException | InvalidPathException notThere) {
            // refused below, so that nobody learns what lies outside
        }
        throw new Refusal.Invalid("/folder", "is not a folder below perennial.members.import-directory");
    }

    @Override
    public MemberSource stage(String id, InputStream zip) {
        try {
            Path archive = Files.createTempFile(Files.createDirectories(directory.resolve(STAGED)), id + "-", ".zip");
            try (OutputStream out = Files.newOutputStream(archive)) {
                copy(zip, out);
                out.flush();
                kept.keeping(archive, archive);
            } catch (IOException | RuntimeException failure) {
                Files.deleteIfExists(archive);
                throw failure;
            }
            journal.end(id);
            return new MemberSource.Archive(id, archive);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public void discard(MemberSource source) {
        if (source instanceof MemberSource.Archive && path(source).startsWith(directory.resolve(STAGED))) {
            try {
                kept.removing(List.of(path(source)));
                Files.deleteIfExists(path(source));
            } catch (IOException failure) {
                throw unwritable();
            }
        }
    }

    @Override
    public Encoder register(MemberSource source) {
        journal.begin(source.id());
        try {
            return registered(source);
        } catch (RuntimeException failure) {
            journal.end(source.id());
            throw failure;
        }
    }

    private synchronized Encoder registered(MemberSource source) {
        Path home = home(source.id());
        if (Files.isDirectory(home) && !Files.exists(path(source))) {
            return open(source.id(), home);
        }
        try {
            Path unpacked = Files.createTempDirectory(Files.createDirectories(directory), ".unpacked-");
            try {
                keep(checked(source, unpacked), pending(source.id()));
            } finally {
                delete(unpacked);
            }
            return opened(source.id());
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** A table takes minutes to be made; registrations need not wait for it, other distillations do. */
    @Override
    public Optional<Encoder> distil(String id, Encoder teacher, JobProgress progress) {
        if (!awaitTurn(progress)) {
            return Optional.empty();
        }
        try {
            Optional<Encoder> made = made(id, teacher);
            return made.isPresent() ? made : fresh(id, teacher, progress);
        } finally {
            distilling.release();
        }
    }

    private boolean awaitTurn(JobProgress progress) {
        if (!distilling.tryAcquire()) {
            Distillation.waits(progress);
            do {
                if (!progress.mayGoOn()) {
                    return false;
                }
                progress.pause(BETWEEN_LOOKS);
            } while (!distilling.tryAcquire());
        }
        return true;
    }

    /** The table of an attempt that the service was too busy to take up. */
    private Optional<Encoder> made(String id, Encoder teacher) {
        if (!TableManifest.isIn(pending(id))) {
            return Optional.empty();
        }
        TableFolder table = TableManifest.read(id, pending(id));
        return table.teacher().equals(teacher.info().id()) ? Optional.of(table.open()) : Optional.empty();
    }

    private Optional<Encoder> fresh(String id, Encoder teacher, JobProgress progress) {
        try {
            Path fresh = Files.createTempDirectory(Files.createDirectories(directory), ".fresh-");
            try {
                // A teacher that was registered a while ago was opened from a place that it is no longer in.
                Path tokenizer = home(teacher.info().id()).resolve(MemberManifest.TOKENIZER);
                if (Files.exists(tokenizer)) {
                    Files.copy(tokenizer, fresh.resolve(MemberManifest.TOKENIZER));
                }
                Optional<TableFolder> made = Distillation.run(id, teacher, fresh, progress);
                if (made.isEmpty()) {
                    return Optional.empty();
                }
                TableManifest.write(made.get(), fresh);
                synchronized (this) {
                    replace(fresh, pending(id));
                    return Optional.of(opened(id));
                }
            } finally {
                delete(fresh);
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public boolean isDistilled(String id) {
        return TableManifest.isIn(home(id));
    }

    @Override
    public synchronized void remove(String id) {
        journal.end(id);
        Path gone = directory.resolve(REMOVED + id);
        try {
            delete(gone);
            kept.removing(List.of(home(id)));
            if (Files.isDirectory(home(id))) {
                Files.move(home(id), gone, StandardCopyOption.ATOMIC_MOVE);
                sync();
            }
            delete(gone);
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    private void sync() throws IOException {
        try (FileChannel renamed = FileChannel.open(directory, StandardOpenOption.READ)) {
            renamed.force(true);
        }
    }

    @Override
    public synchronized void confirm(String id) {
        journal.end(id);
        Path pending = pending(id);
        try {
            if (Files.isDirectory(pending)) {
                kept.keeping(home(id), pending);
                Failpoint.MEMBER_UNCONFIRMED.pass();
                replace(pending, home(id));
                sync();
            }
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public synchronized void withdraw(String id) {
        journal.end(id);
        try {
            delete(pending(id));
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public List<String> registered() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(directory)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public Encoder open(String id) {
        journal.begin(id);
        try {
            return open(id, home(id));
        } finally {
            journal.end(id);
        }
    }

    @Override
    public void endTrials() {
        journal.endAll();
    }

    private Encoder open(String id, Path folder) {
        return TableManifest.isIn(folder)
                ? TableManifest.read(id, folder).open()
                : runtime.open(MemberManifest.read(id, folder));
    }

    /** Opens what was just kept; when that fails, it was not what was checked, and goes. */
    private Encoder opened(String id) throws IOException {
        try {
            return open(id, pending(id));
        } catch (RuntimeException failure) {
            delete(pending(id));
            throw failure;
        }
    }

    private ModelFolder checked(MemberSource source, Path unpacked) throws IOException {
        if (source instanceof MemberSource.Folder) {
            return checks.check(source.id(), path(source));
        }
        if (!Files.exists(path(source))) {
            throw new Refusal.Invalid("", "The archive is no longer there; send it again.");
        }
        try (InputStream zip = Files.newInputStream(path(source))) {
            return checks.check(source.id(), zip, unpacked);
        }
    }

    /** An archive may be that of a job that another process has accepted, whose data directory was elsewhere. */
    private Path path(MemberSource source) {
        if (source instanceof MemberSource.Folder folder) {
            return folder.path();
        }
        if (source instanceof MemberSource.Archive archive) {
            Path staged = Path.of(STAGED).resolve(archive.path().getFileName());
            return archive.path().endsWith(staged) ? directory.resolve(staged) : archive.path();
        }
        throw new IllegalStateException("a table is distilled, not registered");
    }

    private void keep(ModelFolder checked, Path pending) throws IOException {
        Path fresh = Files.createTempDirectory(directory, ".fresh-");
        try {
            Files.copy(checked.model(), fresh.resolve(MemberManifest.MODEL));
            Files.copy(checked.tokenizer(), fresh.resolve(MemberManifest.TOKENIZER));
            MemberManifest.write(checked, fresh);
            replace(fresh, pending);
        } finally {
            delete(fresh);
        }
    }

    /** Gives a folder the name of another one, which goes. */
    private static void replace(Path folder, Path name) throws IOException {
        Path replaced = folder.resolveSibling(folder.getFileName() + "-replaced");
        try {
            if (Files.exists(name)) {
                Files.move(name, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(folder, name, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(replaced);
        }
    }

    private Path pending(String id) {
        return directory.resolve(PENDING + id);
    }

    private Path home(String id) {
        return directory.resolve(id);
    }

    private void copy(InputStream zip, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long copied = 0;
        for (int n = zip.read(buffer); n >= 0; n = zip.read(buffer)) {
            copied += n;
            if (copied > maxArchiveBytes) {
                throw new Refusal.TooLarge("member_archive_bytes", maxArchiveBytes, copied);
            }
            out.write(buffer, 0, n);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Refusal.StoreUnavailable unwritable() {
        return new Refusal.StoreUnavailable(
                "The directory of registered members cannot be read or written, or is full.", RETRY_AFTER_SECONDS);
    }
}
