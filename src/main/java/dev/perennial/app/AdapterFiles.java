// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perennial.failpoint.Failpoint;
import dev.perennial.refresh.AdapterShelf;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Adapters, each a file of JSON under the id of its adaptation. Files appear whole or not at all. Thread-safe.
 *
 * <p>An adapter is small, so that one file holds it together with what it is for: neither is there without the other.
 */
final class AdapterFiles implements AdapterShelf {
    private static final Logger LOG = Logger.getLogger(AdapterFiles.class);
    private static final int RETRY_AFTER_SECONDS = 30;
    private static final String ADAPTER = ".adapter";
    private static final String UNFINISHED = ".part";

    private final Path directory;
    private final KeptFiles keptFiles;
    private final ObjectMapper json = new ObjectMapper();
    private final Consumer<List<byte[]>> retained;

    /** Of those that are set aside, by id, as the files say it. */
    private final Map<String, Set<String>> pastDigests = new ConcurrentHashMap<>();

    /**
     * @param directory exists, and holds nothing else
     * @param keptFiles hears of them
     * @param retained told of all adapters that are left when one has gone
     */
    AdapterFiles(Path directory, KeptFiles keptFiles, Consumer<List<byte[]>> retained) {
        this.directory = directory;
        this.keptFiles = keptFiles;
        this.retained = retained;
    }

    /** What a file says; the last four are missing in those of earlier releases. */
    record Line(
            String id,
            String member,
            String base,
            List<String> tasks,
            List<String> learntFrom,
            String strategy,
            long parameters,
            String createdAt,
            String report,
            String adapter,
            @Nullable String information,
            @Nullable String merge,
            @Nullable List<String> past,
            @Nullable String sha256) {

        static Line of(Kept kept, Optional<Set<String>> past) {
            return new Line(
                    kept.id(),
                    kept.member(),
                    kept.base(),
                    kept.tasks().stream().map(TaskId::value).toList(),
                    kept.learntFrom().stream().sorted().toList(),
                    kept.strategy(),
                    kept.parameters(),
                    kept.createdAt().toString(),
                    kept.report(),
                    Base64.getEncoder().encodeToString(kept.adapter()),
                    Base64.getEncoder().encodeToString(kept.information()),
                    kept.merge().orElse(null),
                    past.map(digests -> digests.stream().sorted().toList()).orElse(null),
                    null);
        }

        /** The same with another hash of all the rest. */
        Line with(@Nullable String sha256) {
            return new Line(
                    id,
                    member,
                    base,
                    tasks,
                    learntFrom,
                    strategy,
                    parameters,
                    createdAt,
                    report,
                    adapter,
                    information,
                    merge,
                    past,
                    sha256);
        }

        /** Digests of an encoder that serves earlier revisions alone; empty for one that serves. */
        Optional<Set<String>> setAside() {
            return Optional.ofNullable(past).map(HashSet::new);
        }

        Kept kept() {
            return new Kept(
                    id,
                    member,
                    base,
                    tasks.stream().map(TaskId::new).toList(),
                    new HashSet<>(learntFrom),
                    strategy,
                    parameters,
                    Instant.parse(createdAt),
                    report,
                    Base64.getDecoder().decode(adapter),
                    Base64.getDecoder().decode(Optional.ofNullable(information).orElse("")),
                    Optional.ofNullable(merge));
        }
    }

    @Override
    public synchronized void keep(Kept kept) {
        write(Line.of(kept, Optional.empty()));
    }

    private void write(Line kept) {
        Path unfinished = directory.resolve(kept.id() + UNFINISHED);
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                json.writeValue(out, kept.with(sha256(kept)));
            }
            Synced.file(unfinished);
            keptFiles.keeping(file(kept.id()), unfinished);
            Failpoint.ADAPTER_WRITTEN.pass();
            Files.move(
                    unfinished, file(kept.id()), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Synced.directory(directory);
            Failpoint.ADAPTER_KEPT.pass();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    @Override
    public synchronized List<Kept> kept() {
        return all().stream()
                .filter(past -> past.digests().isEmpty())
                .map(Past::kept)
                .toList();
    }

    @Override
    public synchronized List<Past> past() {
        return all().stream().filter(past -> !past.digests().isEmpty()).toList();
    }

    /** Damaged ones as well, which may have learnt from any input, and would serve if they were put back whole. */
    @Override
    public synchronized List<String> adaptedTo(TaskId task, Optional<Set<ContentKey>> inputs) {
        List<String> adapted = new ArrayList<>(AdapterShelf.super.adaptedTo(task, inputs));
        for (Path file : files()) {
            try {
                if (isDamagedOf(task, file)) {
                    String name = file.getFileName().toString();
                    adapted.add(name.substring(0, name.length() - ADAPTER.length()));
                }
            } catch (IOException failure) {
                throw unwritable();
            }
        }
        return adapted;
    }

    /** Whether a file is damaged that was of a task, or cannot say of which. */
    private boolean isDamagedOf(TaskId task, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Line line = json.readValue(in, Line.class);
            return !isWhole(line) && (line.tasks() == null || line.tasks().contains(task.value()));
        } catch (JsonProcessingException unreadable) {
            return true;
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> each.toString().endsWith(ADAPTER)).toList();
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** Those that serve, without digests, and those that are set aside. */
    private List<Past> all() {
        try {
            List<Past> all = new ArrayList<>();
            for (Path file : files()) {
                read(file, all);
            }
            all.sort(Comparator.comparing((Past past) -> past.kept().createdAt())
                    .thenComparing(past -> past.kept().id()));
            return all;
        } catch (IOException failure) {
            throw unwritable();
        }
    }

    /** What cannot be read now may be whole, and hold what is to be erased. */
    private void read(Path file, List<Past> into) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Line line = json.readValue(in, Line.class);
            if (!isWhole(line)) {
                throw new IllegalArgumentException("the file is not what was written");
            }
            into.add(new Past(line.kept(), line.setAside().orElse(Set.of())));
        } catch (JsonProcessingException | RuntimeException damaged) {
            LOG.warnf(
                    "Adapter %s is damaged; its tasks are answered without it. Adapt the member again.",
                    file.getFileName());
        }
    }

    /** Weights that have changed are weights all the same, and would answer. */
    private boolean isWhole(Line line) throws IOException {
        return line.sha256() == null || line.sha256().equals(sha256(line));
    }

    private String sha256(Line line) throws IOException {
        try {
            byte[] rest = json.writeValueAsBytes(line.with(null));
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public synchronized void remove(String id) {
        try {
            keptFiles.removing(List.of(file(id)));
            Files.deleteIfExists(file(id));
            pastDigests.remove(id);
            Synced.directory(directory);
        } catch (IOException failure) {
            throw unwritable();
        }
        tellRetained();
    }

    private void tellRetained() {
        retained.accept(adapters());
    }

    @Override
    public synchronized void setAside(String id, Set<String> digests) {
        kept().stream().filter(kept -> kept.id().equals(id)).forEach(kept -> {
            write(Line.of(kept, Optional.of(digests)));
            pastDigests.put(id, Set.copyOf(digests));
        });
    }

    /** Whether one of those that are set aside has a digest; reads no file. */
    boolean isPast(String digest) {
        return pastDigests.values().stream().anyMatch(digests -> digests.contains(digest));
    }

    /** Deletes what was cut off, and notes what is set aside. Called once, before the first adapter is kept. */
    synchronized void sweep() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(UNFINISHED)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw unwritable();
        }
        past().forEach(past -> pastDigests.put(past.kept().id(), past.digests()));
        tellRetained();
    }

    private Path file(String id) {
        return directory.resolve(id + ADAPTER);
    }

    private static Refusal.StoreUnavailable unwritable() {
        return new Refusal.StoreUnavailable(
                "The directory of adapters cannot be read or written, or is full.", RETRY_AFTER_SECONDS);
    }
}
