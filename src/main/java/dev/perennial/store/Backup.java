// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A copy of what a data directory keeps, and those of the tenants in it, made while a service uses it or none does;
 * itself a data directory. It appears whole or not at all, and never in the place of something.
 *
 * <p>The database is copied from one snapshot, without what was erased. Files are copied as they were in that moment:
 * when one has changed since, everything is copied again.
 */
public final class Backup {
    /** Everything else is derived anew, or of no use to another process. */
    private static final List<String> FOLDERS = List.of("members", "refreshed", "adapters", "graphs");

    private static final List<String> UNFINISHED = List.of(".part", ".unfinished", ".new");
    private static final String FORMAT = "format";
    private static final String DATABASE = "perennial.db";
    /** Of a data directory that holds those of other tenants. */
    private static final String TENANTS = "tenants";

    private static final int ATTEMPTS = 5;
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private final Path data;
    private final Path target;
    private final Path part;

    private Backup(Path data, Path target, Path part) {
        this.data = data;
        this.target = target;
        this.part = part;
    }

    /**
     * What was copied.
     *
     * @param database whether the data directory holds one; with PostgreSQL it does not
     * @param files how many files beside it, those of tenants among them
     * @param tenants how many other tenants' data directories were copied
     */
    public record Made(boolean database, int files, int tenants) {}

    /**
     * Makes one.
     *
     * @param data a data directory
     * @param target where the copy will be; must not exist
     * @throws dev.perennial.refusal.Refusal.StoreUnavailable when it cannot be made; the detail says what to do
     */
    public static Made make(Path data, Path target) {
        Path to = target.toAbsolutePath().normalize();
        Backup backup =
                new Backup(data.toAbsolutePath().normalize(), to, to.resolveSibling(to.getFileName() + ".part"));
        try {
            backup.refuseMisuse();
            return backup.make();
        } catch (IOException e) {
            throw StoreFailure.unavailable("The backup could not be written or the data directory not be read ("
                    + e.getMessage() + "). Check the disk and who may use both directories.");
        }
    }

    private void refuseMisuse() throws IOException {
        if (!Files.exists(data.resolve(FORMAT))) {
            throw StoreFailure.unavailable("'" + data
                    + "' is no data directory of the service. Name the one that perennial.data-directory names.");
        }
        if (target.startsWith(data) || realParent().startsWith(data.toRealPath())) {
            throw StoreFailure.unavailable(
                    "The backup cannot be inside the data directory. Name a directory outside, best on another disk.");
        }
        if (Files.exists(target)) {
            throw StoreFailure.unavailable("'" + target + "' exists already. Name a directory that does not.");
        }
    }

    /** Where links lead that the target's name goes through. */
    private Path realParent() throws IOException {
        Path parent = target;
        for (Path above = target.getParent(); above != null; above = above.getParent()) {
            parent = above;
            if (Files.exists(above)) {
                break;
            }
        }
        return parent.toRealPath();
    }

    private Made make() throws IOException {
        begin();
        try {
            Made own = copied();
            // After the list of tenants, so that each one that is listed and not removed since is copied.
            Made all = tenants(own);
            force(part);
            appear();
            return all;
        } catch (IOException | RuntimeException failure) {
            deleteBelow(part);
            Files.deleteIfExists(part);
            throw failure;
        }
    }

    private void begin() throws IOException {
        if (Files.exists(part)) {
            throw StoreFailure.unavailable(
                    "'" + part + "' is a backup that is being made, or that was cut off. Wait for"
                            + " the one, remove the other.");
        }
        OwnerOnly.createDirectory(part);
    }

    /** Copies what is in this directory itself. */
    private Made copied() throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Map<String, String> before = listed();
            if (copied(before) && listed().equals(before)) {
                return forced(before);
            }
            deleteBelow(part);
        }
        throw StoreFailure.unavailable(
                "The service kept changing its files while they were copied. Make the backup when no refresh,"
                        + " adaptation, registration or training of vectors is about to end.");
    }

    /** Copies the data directories of tenants; one that is being made or deleted has nothing that is to be kept. */
    private Made tenants(Made own) throws IOException {
        if (!Files.isDirectory(data.resolve(TENANTS))) {
            return own;
        }
        OwnerOnly.createDirectory(part.resolve(TENANTS));
        int files = own.files();
        int tenants = 0;
        try (Stream<Path> places = Files.list(data.resolve(TENANTS))) {
            for (Path place :
                    places.filter(each -> Files.exists(each.resolve(FORMAT))).toList()) {
                Path copy = part.resolve(TENANTS).resolve(place.getFileName());
                files += copied(place, copy);
                tenants += Files.exists(copy) ? 1 : 0;
            }
        }
        force(part.resolve(TENANTS));
        return new Made(own.database(), files, tenants);
    }

    /** How many files a tenant's data directory has beside its database; none if it is gone meanwhile. */
    private static int copied(Path place, Path copy) throws IOException {
        Backup tenant = new Backup(place, copy, copy);
        OwnerOnly.createDirectory(copy);
        try {
            Made made = tenant.copied();
            force(copy);
            return made.files();
        } catch (IOException | RuntimeException failure) {
            deleteBelow(copy);
            Files.deleteIfExists(copy);
            if (Files.exists(place.resolve(FORMAT))) {
                throw StoreFailure.unavailable(
                        "What a tenant keeps in '" + place + "' cannot be copied: " + failure.getMessage());
            }
            return 0;
        }
    }

    private Made forced(Map<String, String> copied) throws IOException {
        int files = 0;
        for (String name : copied.keySet()) {
            Path file = part.resolve(name);
            force(file);
            files += Files.isRegularFile(file) ? 1 : 0;
        }
        boolean database = Files.exists(part.resolve(DATABASE));
        if (database) {
            force(part.resolve(DATABASE));
        }
        force(part.resolve(FORMAT));
        return new Made(database, files, 0);
    }

    private void appear() throws IOException {
        // What came in the meantime is not replaced, unless it is an empty directory.
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        force(Optional.ofNullable(target.getParent()).orElse(target));
    }

    /** Copies the database, then what is listed; false when something of that is gone. */
    private boolean copied(Map<String, String> listed) throws IOException {
        if (Files.exists(data.resolve(DATABASE))) {
            copyDatabase(part.resolve(DATABASE));
        }
        Files.copy(data.resolve(FORMAT), part.resolve(FORMAT), StandardCopyOption.COPY_ATTRIBUTES);
        try {
            for (String name : listed.keySet()) {
                copy(data.resolve(name), part.resolve(name));
            }
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            OwnerOnly.createDirectory(to);
        } else {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private void copyDatabase(Path copy) throws IOException {
        OwnerOnly.createFile(copy);
        try {
            try (Connection source = open(data.resolve(DATABASE));
                    PreparedStatement vacuum = source.prepareStatement("VACUUM INTO ?")) {
                vacuum.setString(1, copy.toString());
                vacuum.execute();
            }
            try (Connection copied = open(copy)) {
                refuseDamage(copied);
            }
        } catch (SQLException e) {
            throw StoreFailure.of(e);
        }
    }

    private void refuseDamage(Connection copied) throws SQLException {
        try (Statement statement = copied.createStatement();
                ResultSet verdict = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (!verdict.next() || !verdict.getString(1).equals("ok")) {
                throw StoreFailure.unavailable("The database in '" + data
                        + "' is damaged, and a copy of it would be. Keep the backups that you have.");
            }
        }
    }

    private static Connection open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source.getConnection();
    }

    /** Finished files and directories by their relative names, each with what tells it from another of the name. */
    private Map<String, String> listed() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        for (String folder : FOLDERS) {
            if (Files.isDirectory(data.resolve(folder))) {
                Files.walkFileTree(data.resolve(folder), new Listing(listed));
            }
        }
        return listed;
    }

    private final class Listing extends SimpleFileVisitor<Path> {
        private final Map<String, String> listed;

        Listing(Map<String, String> listed) {
            this.listed = listed;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (directory.getFileName().toString().startsWith(".")) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            listed.put(data.relativize(directory).toString(), String.valueOf(attributes.fileKey()));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            if (attributes.isRegularFile() && UNFINISHED.stream().noneMatch(name::endsWith)) {
                listed.put(
                        data.relativize(file).toString(),
                        attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime());
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteBelow(Path directory) throws IOException {
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder())
                    .filter(each -> !each.equals(directory))
                    .toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
