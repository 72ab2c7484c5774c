// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import dev.perennial.refresh.Artefact;
import dev.perennial.refresh.Artefacts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * Artefacts in a database. Thread-safe; changes follow one another, and one object makes them all.
 *
 * <p>Content comes first, a transaction for each chunk, so that other changes need not wait for a large file; then one
 * transaction gives names to all of it. Until then it is nothing that anybody finds.
 */
public final class SqlArtefacts implements Artefacts {
    static final int CHUNK_BYTES = 1 << 20;

    private static final String SEQUENCE = "artefact";
    private static final String SELECT = "SELECT name, sha256, size FROM artefacts";
    private static final String CHUNK = "SELECT bytes FROM artefact_chunks"
            + " WHERE sha256 = :sha256 AND part = :part AND length(bytes) = :length";

    private final Database database;

    /** A file, and what it is to be in the store. */
    private record Sent(Artefact artefact, Path file) {}

    public SqlArtefacts(Database database) {
        this.database = database;
    }

    @Override
    public synchronized void replace(Set<String> roots, Map<String, Path> files) {
        List<Sent> wanted = described(files);
        if (!wanted.stream().allMatch(each -> roots.stream().anyMatch(each.artefact()::isAt))) {
            throw new IllegalArgumentException("a file lies elsewhere");
        }
        List<Artefact> present = database.read(handle -> at(roots, handle));
        if (!Set.copyOf(present).equals(wanted.stream().map(Sent::artefact).collect(Collectors.toSet()))) {
            change(roots, wanted, roots.stream().allMatch(Artefact::isPassing));
        }
    }

    @Override
    public synchronized void begin(Map<String, Path> files) {
        change(files.keySet(), described(files), false);
    }

    @Override
    public List<Artefact> list() {
        return database.read(handle -> all(handle));
    }

    @Override
    public long version() {
        return database.read(handle -> handle.createQuery("SELECT last_value FROM sequences WHERE name = :name")
                .bind("name", SEQUENCE)
                .mapTo(long.class)
                .one());
    }

    @Override
    public boolean fetch(Artefact artefact, Path file) {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            try {
                boolean whole = write(artefact, unfinished);
                if (whole) {
                    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
                return whole;
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failure) {
            throw unusable();
        }
    }

    private boolean write(Artefact artefact, Path file) throws IOException {
        MessageDigest sha256 = sha256();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
            long part = 0;
            for (long left = artefact.size(); left > 0; left -= CHUNK_BYTES) {
                Optional<byte[]> chunk = chunk(artefact.sha256(), part++, Math.min(left, CHUNK_BYTES));
                if (chunk.isEmpty()) {
                    return false;
                }
                out.write(chunk.get());
            }
        }
        return HexFormat.of().formatHex(sha256.digest()).equals(artefact.sha256());
    }

    /** @param length that it must have, so that nothing is read that fits no memory */
    private Optional<byte[]> chunk(String sha256, long part, long length) {
        return database.read(handle -> handle.createQuery(CHUNK)
                .bind("sha256", sha256)
                .bind("part", part)
                .bind("length", length)
                .mapTo(byte[].class)
                .findOne());
    }

    /**
     * What was cut off before goes with what is replaced.
     *
     * @param passing whether nobody has to read anything anew because of it
     */
    private void change(Set<String> roots, List<Sent> wanted, boolean passing) {
        Set<String> sent = new HashSet<>();
        for (Sent each : wanted) {
            String sha256 = each.artefact().sha256();
            if (sent.add(sha256) && !isKept(sha256)) {
                send(sha256, each.file());
            }
        }
        database.write(change -> {
            Handle handle = change.handle();
            at(roots, handle)
                    .forEach(gone -> handle.createUpdate("DELETE FROM artefacts WHERE name = :name")
                            .bind("name", gone.name())
                            .execute());
            wanted.forEach(each -> insert(each.artefact(), handle));
            handle.execute("DELETE FROM artefact_chunks WHERE sha256 NOT IN (SELECT sha256 FROM artefacts)");
            return passing ? 0 : change.reserve(SEQUENCE, 1);
        });
    }

    private static void insert(Artefact artefact, Handle handle) {
        handle.createUpdate("INSERT INTO artefacts (name, sha256, size) VALUES (:name, :sha256, :size)")
                .bind("name", artefact.name())
                .bind("sha256", artefact.sha256())
                .bind("size", artefact.size())
                .execute();
    }

    private boolean isKept(String sha256) {
        return database.read(handle -> handle.createQuery("SELECT count(*) FROM artefacts WHERE sha256 = :sha256")
                        .bind("sha256", sha256)
                        .mapTo(long.class)
                        .one()
                > 0);
    }

    /** The change that names it forces all of it to the disk. */
    private void send(String sha256, Path file) {
        database.writeUnforced(change -> of(sha256, "DELETE FROM artefact_chunks WHERE sha256 = :sha256", change)
                .execute());
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
            long part = 0;
            for (byte[] chunk = in.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = in.readNBytes(CHUNK_BYTES)) {
                send(sha256, part++, chunk);
            }
            if (!HexFormat.of().formatHex(in.getMessageDigest().digest()).equals(sha256)) {
                throw new IllegalStateException("a file changed while it was put into the store");
            }
        } catch (IOException failure) {
            throw unusable();
        }
    }

    private void send(String sha256, long part, byte[] chunk) {
        String insert = "INSERT INTO artefact_chunks (sha256, part, bytes) VALUES (:sha256, :part, :bytes)";
        database.writeUnforced(change -> of(sha256, insert, change)
                .bind("part", part)
                .bind("bytes", chunk)
                .execute());
    }

    private static Update of(String sha256, String sql, Change change) {
        return change.handle().createUpdate(sql).bind("sha256", sha256);
    }

    private static List<Artefact> at(Set<String> roots, Handle handle) {
        return all(handle).stream()
                .filter(artefact -> roots.stream().anyMatch(artefact::isAt))
                .toList();
    }

    private static List<Artefact> all(Handle handle) {
        try {
            return handle.createQuery(SELECT + " ORDER BY name")
                    .map((row, context) -> new Artefact(row.getString(1), row.getString(2), row.getLong(3)))
                    .list();
        } catch (IllegalArgumentException hostile) {
            throw StoreFailure.unavailable("A row of the table artefacts names no file that this service has put"
                    + " there. Find out who wrote it, and remove it or put back a backup.");
        }
    }

    private static List<Sent> described(Map<String, Path> files) {
        return files.entrySet().stream()
                .map(each -> described(each.getKey(), each.getValue()))
                .toList();
    }

    private static Sent described(String name, Path file) {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            String sha256 = HexFormat.of().formatHex(in.getMessageDigest().digest());
            return new Sent(new Artefact(name, sha256, size), file);
        } catch (IOException failure) {
            throw unusable();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static RuntimeException unusable() {
        return StoreFailure.unavailable("The data directory cannot be read or written, or is full. Check its disk.");
    }
}
