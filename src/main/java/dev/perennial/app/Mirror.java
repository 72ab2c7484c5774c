// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.refresh.Artefact;
import dev.perennial.refresh.Artefacts;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import dev.perennial.train.FileHash;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps what shelves keep in the store as well, of which the data directory then is a copy: whatever its files say, a
 * start makes them what the store has. Thread-safe.
 *
 * <p>A file is in the store before it has its name on the disk, and is gone from there before it is deleted, so that a
 * process may end between any two steps: what was being kept is kept or was never there, and what was removed does not
 * come back. Files that can be made again are no business of the store, and neither are those that have no name yet.
 */
final class Mirror implements KeptFiles {
    private static final Logger LOG = Logger.getLogger(Mirror.class);
    private static final int RETRY_AFTER_SECONDS = 30;

    /** What the store has of each folder. */
    private static final Map<String, Pattern> FOLLOWED = Map.of(
            "members", Pattern.compile("(?:\\.staged|[^./][^/]*)/[^/]+"),
            "refreshed", Pattern.compile("[^/]+\\.(?:table|properties)"),
            "adapters", Pattern.compile("[^/]+\\.adapter"),
            "graphs", Pattern.compile("[^/]+\\.(?:given|reader|trained)\\.vectors"),
            "uploads", Pattern.compile("[^/]+\\.upload"),
            "imports", Pattern.compile("[^/]+\\.upload"));

    private final Path directory;
    private final Artefacts artefacts;
    private volatile boolean leads;

    /** Number of changes that the files were made those of the store after, as a process that {@link #leads} or not. */
    private long followed = -1;

    /** @param directory the data directory, taken */
    Mirror(Path directory, Artefacts artefacts) {
        this.directory = directory;
        this.artefacts = artefacts;
    }

    /** Does so where there is a mirror. */
    static void restore(KeptFiles kept, boolean leads) {
        if (kept instanceof Mirror mirror) {
            mirror.restore(leads);
        }
    }

    /**
     * Makes the files of the data directory those of the store. The first process that does so with a store, and makes
     * its changes, puts its own there instead. Called before anything is read of them.
     *
     * @param leads whether this process makes the changes of the store; what another one deletes of its copies stays in
     *     the store
     */
    synchronized void restore(boolean leads) {
        try {
            long version = artefacts.version();
            if (version == followed && leads == this.leads) {
                return;
            }
            this.leads = leads;
            if (version > 0) {
                follow();
            } else if (leads) {
                Map<String, Path> first = followedFiles();
                artefacts.begin(first);
                LOG.infof("%d files of the data directory are in the store from now on", first.size());
            }
            followed = version;
        } catch (IOException failure) {
            throw unusable();
        }
    }

    private void follow() throws IOException {
        Map<String, Artefact> stored = artefacts.list().stream()
                .filter(artefact -> isFollowed(artefact.name()) && isNeeded(artefact.name()))
                .collect(Collectors.toMap(Artefact::name, Function.identity()));
        deleteUnfinished();
        Map<String, Path> present = followedFiles();
        present.keySet().removeIf(name -> !isNeeded(name));
        int deleted = 0;
        for (Map.Entry<String, Path> file : present.entrySet()) {
            if (!stored.containsKey(file.getKey())) {
                Files.deleteIfExists(file.getValue());
                deleted++;
            }
        }
        deleteEmptyMembers();
        int fetched = 0;
        for (Artefact artefact : new TreeMap<>(stored).values()) {
            fetched += isThere(artefact) || !fetch(artefact) ? 0 : 1;
        }
        if (deleted + fetched > 0) {
            LOG.infof("The store gave %d files, and %d that it does not know were deleted", fetched, deleted);
        }
    }

    /** What waits for a job is the leader's alone. */
    private boolean isNeeded(String name) {
        return leads || !Artefact.isPassing(name);
    }

    /** What was being fetched when a process ended may hold what is erased since. */
    private void deleteUnfinished() throws IOException {
        for (String folder : FOLLOWED.keySet()) {
            for (Path file : filesAt(directory.resolve(folder))) {
                if (file.getFileName().toString().endsWith(Artefacts.UNFINISHED)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private boolean isThere(Artefact artefact) throws IOException {
        Path file = directory.resolve(artefact.name());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == artefact.size()
                && FileHash.of(file).equals(artefact.sha256());
    }

    /** Who needs a file that is not what was kept says so itself, and the others serve. */
    private boolean fetch(Artefact artefact) throws IOException {
        Path file = directory.resolve(artefact.name());
        Files.createDirectories(file.getParent());
        if (artefacts.fetch(artefact, file)) {
            return true;
        }
        Files.deleteIfExists(file);
        LOG.errorf("A file is damaged in the store, and is left out: %s", artefact.name());
        return false;
    }

    /** A folder counts as a member. */
    private void deleteEmptyMembers() throws IOException {
        try (Stream<Path> folders = Files.list(directory.resolve("members"))) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                if (isEmpty(folder)) {
                    Files.delete(folder);
                }
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Override
    public void keeping(Path name, Path content) {
        try {
            if (!Files.exists(content)) {
                throw new NoSuchFileException("what is to be kept");
            }
            Map<String, Path> files = new HashMap<>();
            for (Path file : filesAt(content)) {
                Path named = file.equals(content) ? name : name.resolve(content.relativize(file));
                files.put(requireFollowed(relative(named)), file);
            }
            artefacts.replace(Set.of(relative(name)), files);
        } catch (IOException failure) {
            throw unusable();
        }
    }

    @Override
    public void removing(Collection<Path> names) {
        Set<String> roots = names.stream().map(this::relative).collect(Collectors.toSet());
        if (leads && !roots.isEmpty()) {
            artefacts.remove(roots);
        }
    }

    /** What is on the disk, by name, of what the store has. */
    private Map<String, Path> followedFiles() throws IOException {
        Map<String, Path> found = new TreeMap<>();
        for (String folder : FOLLOWED.keySet()) {
            for (Path file : filesAt(directory.resolve(folder))) {
                if (isFollowed(relative(file))) {
                    found.put(relative(file), file);
                }
            }
        }
        return found;
    }

    private static List<Path> filesAt(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !Files.isDirectory(file)).toList();
        }
    }

    private String relative(Path path) {
        return directory.relativize(path).toString().replace(File.separatorChar, '/');
    }

    private static String requireFollowed(String name) {
        if (!isFollowed(name)) {
            throw new IllegalStateException("a shelf keeps a file that nobody expects of it");
        }
        return name;
    }

    private static boolean isFollowed(String name) {
        String[] parts = name.split("/", 2);
        Pattern followed = FOLLOWED.get(parts[0]);
        return followed != null
                && parts.length > 1
                && followed.matcher(parts[1]).matches()
                && Artefact.isName(name);
    }

    private static Refusal.StoreUnavailable unusable() {
        return new Refusal.StoreUnavailable(
                "The data directory cannot be read or written, or is full. Check its disk.", RETRY_AFTER_SECONDS);
    }
}
