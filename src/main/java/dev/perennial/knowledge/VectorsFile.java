// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * {@link EntityVectors} in a file that is mapped into memory: a head of {@value #HEAD} bytes (a mark, the length of a
 * vector, the number of rows, the source, the SHA-256 of the rows in hex), then the {@link VectorRows}.
 */
public final class VectorsFile {
    /** Vectors may be so long. */
    static final int LARGEST_DIMENSION = 8192;

    private static final long MARK = 0x3176656e65726570L;
    private static final int DIGEST = 64;
    private static final int LONGEST_SOURCE = 256;
    private static final int HEAD = 2 * Long.BYTES + 2 * Integer.BYTES + LONGEST_SOURCE + DIGEST;

    private VectorsFile() {}

    /** Writes vectors without an overlay; the file is there as a whole and on disk, or as it was. */
    public static void write(EntityVectors vectors, Path file) throws IOException {
        byte[] source = vectors.source().getBytes(StandardCharsets.UTF_8);
        if (vectors.overlaySize() > 0 || source.length > LONGEST_SOURCE) {
            throw new IllegalArgumentException("vectors that no file can hold");
        }
        VectorRows rows = vectors.base();
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(MARK).putInt(rows.dimension()).putInt(rows.rows()).putLong(source.length);
        head.put(source).position(HEAD - DIGEST);
        head.put(vectors.baseDigest().getBytes(StandardCharsets.US_ASCII)).flip();
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try (FileChannel channel = FileChannel.open(unfinished, CREATE, WRITE, TRUNCATE_EXISTING)) {
            writeAll(channel, head);
            writeAll(channel, rows.bytes());
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Maps a file.
     *
     * @param source what its rows must have been made of
     * @return nothing when there is no file, it is damaged, or it is of something else
     * @throws IOException when it is there but cannot be read
     */
    public static Optional<EntityVectors> read(Path file, String source) throws IOException {
        return Files.exists(file) ? read(file).filter(found -> found.source().equals(source)) : Optional.empty();
    }

    /** Maps a file of whatever source, so that single rows of it may be used again; nothing when it is damaged. */
    public static Optional<EntityVectors> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(head, 0);
            head.flip();
            return head.remaining() < HEAD || head.getLong() != MARK ? Optional.empty() : mapped(head, channel);
        }
    }

    private static Optional<EntityVectors> mapped(ByteBuffer head, FileChannel channel) throws IOException {
        int dimension = head.getInt();
        int rows = head.getInt();
        long sourceLength = head.getLong();
        if (!isPossible(dimension, rows, sourceLength, channel.size() - HEAD)) {
            return Optional.empty();
        }
        byte[] source = new byte[(int) sourceLength];
        head.get(source);
        byte[] digest = new byte[DIGEST];
        head.position(HEAD - DIGEST).get(digest);
        ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, HEAD, channel.size() - HEAD);
        VectorRows mapped = new VectorRows(bytes, rows, dimension);
        String sha256 = new String(digest, StandardCharsets.US_ASCII);
        return mapped.sha256().equals(sha256) && mapped.isSound()
                ? Optional.of(new EntityVectors(new String(source, StandardCharsets.UTF_8), mapped, sha256))
                : Optional.empty();
    }

    private static boolean isPossible(int dimension, int rows, long sourceLength, long size) {
        return dimension >= 1
                && dimension <= LARGEST_DIMENSION
                && rows >= 0
                && sourceLength >= 0
                && sourceLength <= LONGEST_SOURCE
                && size <= Integer.MAX_VALUE
                && VectorRows.size(rows, dimension) == size;
    }
}
