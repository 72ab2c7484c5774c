// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import dev.perennial.refusal.Refusal;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Unpacks a stranger's zip of a sentence-transformers folder.
 *
 * <p>No name of the archive ever becomes a name on disk: the known files are written under our own spelling of their
 * names, unknown ones are counted and dropped, and a suspicious name refuses the whole archive. Entries, bytes and
 * compression ratio are bounded while streaming.
 */
final class ModelArchive {
    private static final int MAX_ENTRIES = 200;
    private static final int MAX_NAME = 200;
    private static final int MAX_RATIO = 200;
    private static final long RATIO_FREE_BYTES = 16 << 20;
    private static final long SETTINGS_BYTES = 64 << 20;
    private static final Set<String> SUBFOLDERS = Set.of("onnx", "openvino", "1_Pooling", "2_Normalize", "2_Dense");
    private static final Set<String> KNOWN = Set.of(
            "model.onnx",
            "onnx/model.onnx",
            "tokenizer.json",
            "config.json",
            "modules.json",
            "1_Pooling/config.json",
            "sentence_bert_config.json",
            "config_sentence_transformers.json");

    private final long maxBytes;

    /** @param maxModelBytes largest accepted model; other files may have 64 MiB together */
    ModelArchive(long maxModelBytes) {
        this.maxBytes = maxModelBytes + SETTINGS_BYTES;
    }

    /**
     * Unpacks into a fresh folder under {@code directory}.
     *
     * @throws Refusal.Invalid when the archive is malformed or holds suspicious names
     * @throws Refusal.TooLarge when it unpacks to too much
     */
    Path unpack(InputStream zip, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path folder = Files.createTempDirectory(directory, "member-");
        try {
            new Unpacking(folder, new Counted(zip)).run();
            return folder;
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            delete(folder);
            throw refused("is damaged");
        } catch (IOException | RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Bytes read of the archive itself. */
    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(read, 0);
            return read;
        }
    }

    /** One archive being unpacked. */
    private final class Unpacking {
        private final Path folder;
        private final Counted packed;
        private final Set<String> names = new HashSet<>();
        private String top = "";
        private long unpacked;

        Unpacking(Path folder, Counted packed) {
            this.folder = folder;
            this.packed = packed;
        }

        void run() throws IOException {
            ZipInputStream zip = new ZipInputStream(packed);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                checkName(entry.getName());
                if (names.isEmpty()) {
                    top = topFolder(entry.getName());
                }
                String name = entry.getName();
                if (!names.add(name)) {
                    throw refused("holds a name twice");
                }
                if (names.size() > MAX_ENTRIES) {
                    throw refused("holds more than " + MAX_ENTRIES + " entries");
                }
                copy(zip, name.startsWith(top) ? name.substring(top.length()) : "");
            }
            if (names.isEmpty()) {
                throw refused("is not a zip archive or is empty");
            }
        }

        /** The one folder that holds everything, when an archive was made of a folder and not of its content. */
        private String topFolder(String firstName) {
            int slash = firstName.indexOf('/');
            boolean holdsAll = slash > 0 && !SUBFOLDERS.contains(firstName.substring(0, slash));
            return holdsAll ? firstName.substring(0, slash + 1) : "";
        }

        private void copy(InputStream zip, String name) throws IOException {
            try (OutputStream out = open(name)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = zip.read(buffer); read >= 0; read = zip.read(buffer)) {
                    unpacked += read;
                    if (unpacked > maxBytes) {
                        throw new Refusal.TooLarge("member_archive_bytes", maxBytes, unpacked);
                    }
                    if (unpacked > RATIO_FREE_BYTES && unpacked > MAX_RATIO * packed.count) {
                        throw refused("is compressed more than " + MAX_RATIO + " times");
                    }
                    out.write(buffer, 0, read);
                }
            }
        }

        private OutputStream open(String name) throws IOException {
            if (!KNOWN.contains(name)) {
                return OutputStream.nullOutputStream();
            }
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.newOutputStream(file);
        }
    }

    private static void checkName(String name) {
        boolean plain = name.length() <= MAX_NAME
                && name.chars().allMatch(c -> c >= ' ' && c < 127 && c != '\\' && c != ':')
                && !name.startsWith("/")
                && Stream.of(name.split("/", -1)).noneMatch(part -> part.equals("..") || part.equals("."));
        if (!plain) {
            throw refused("holds a name that is absolute, leaves its folder, or has unusual characters");
        }
    }

    private static Refusal.Invalid refused(String reason) {
        return new Refusal.Invalid("/archive", "The archive " + reason + ".");
    }
}
