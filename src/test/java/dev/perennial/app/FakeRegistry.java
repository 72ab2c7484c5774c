// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.refresh.JobProgress;
import dev.perennial.refresh.MemberRegistry;
import dev.perennial.refresh.MemberSource;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Takes up fake encoders: any archive that begins like a zip, and any folder but one called {@code bad}. */
final class FakeRegistry implements MemberRegistry {
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final Path directory;
    private final Set<String> distilled = ConcurrentHashMap.newKeySet();

    FakeRegistry(Path directory) {
        this.directory = directory;
    }

    @Override
    public MemberSource folder(String id, String folder) {
        if (folder.contains("..")) {
            throw new Refusal.Invalid("/folder", "is not a folder below perennial.members.import-directory");
        }
        return new MemberSource.Folder(id, Path.of(folder));
    }

    @Override
    public MemberSource stage(String id, InputStream zip) {
        try {
            Path archive = Files.createTempFile(Files.createDirectories(directory), id, ".zip");
            Files.write(archive, zip.readAllBytes());
            return new MemberSource.Archive(id, archive);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void discard(MemberSource source) {
        if (source instanceof MemberSource.Archive archive) {
            try {
                Files.deleteIfExists(archive.path());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Override
    public Encoder register(MemberSource source) {
        boolean bad = source instanceof MemberSource.Archive archive
                ? !beginsLikeAZip(archive.path())
                : ((MemberSource.Folder) source).path().endsWith("bad");
        if (bad) {
            throw new Refusal.Invalid("/model", "The model gives numbers that are not finite.");
        }
        return open(source.id());
    }

    @Override
    public Optional<Encoder> distil(String id, Encoder teacher, JobProgress progress) {
        distilled.add(id);
        return Optional.of(FakeTableEncoder.of(id, teacher.info().id()));
    }

    @Override
    public boolean isDistilled(String id) {
        return distilled.contains(id);
    }

    @Override
    public void remove(String id) {
        distilled.remove(id);
    }

    @Override
    public void confirm(String id) {}

    @Override
    public void withdraw(String id) {}

    @Override
    public List<String> registered() {
        return List.of();
    }

    @Override
    public Encoder open(String id) {
        return new FakeEncoder(id);
    }

    private static boolean beginsLikeAZip(Path archive) {
        try (InputStream in = Files.newInputStream(archive)) {
            return java.util.Arrays.equals(in.readNBytes(ZIP.length), ZIP);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
