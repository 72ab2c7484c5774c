// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * A zip file that is read as it comes, and proven to its last byte: its directory has to list the parts that were read,
 * where they were, and nothing may follow it. The file stays open. Not thread-safe.
 */
final class WholeZip extends ZipInputStream {
    private static final int PART = 0x04034b50;
    private static final int LISTED = 0x02014b50;
    private static final int LARGE_END = 0x06064b50;
    private static final int END = 0x06054b50;
    private static final int SIGNATURE_BYTES = 4;
    private static final int LISTED_BYTES = 46;
    private static final int LARGE_END_BYTES = 76;
    private static final int END_BYTES = 22;
    private static final int PUSHBACK_BYTES = 512;
    /** Says that a number is elsewhere, because it is larger. */
    private static final long ELSEWHERE = 0xffffffffL;

    private static final int COUNT_ELSEWHERE = 0xffff;

    private final CountedInput file;
    private final PushbackInputStream rest;
    private final List<Placed> parts = new ArrayList<>();

    /** A part, which knows its size and checksum once it was read, and where it begins. */
    private record Placed(ZipEntry part, long offset) {}

    WholeZip(InputStream in) {
        this(new CountedInput(in));
    }

    private WholeZip(CountedInput file) {
        super(file);
        this.file = file;
        this.rest = new PushbackInputStream(file, PUSHBACK_BYTES);
        // What is read too far is given back to it, so that it tells how far.
        this.in = rest;
    }

    /**
     * The next part; empty after the last one.
     *
     * @throws IOException when the file is cut off or damaged
     */
    Optional<ZipEntry> next() throws IOException {
        closeEntry();
        long offset = position();
        byte[] signature = rest.readNBytes(SIGNATURE_BYTES);
        rest.unread(signature);
        if (signature.length < SIGNATURE_BYTES || littleEndian(signature).getInt() != PART) {
            return Optional.empty();
        }
        Optional<ZipEntry> next = Optional.ofNullable(getNextEntry());
        next.ifPresent(part -> parts.add(new Placed(part, offset)));
        return next;
    }

    /**
     * Reads what follows the last part.
     *
     * @throws IOException when it is not the directory of the parts that were read, or is not the end of the file
     */
    void requireEnd() throws IOException {
        long start = position();
        for (Placed placed : parts) {
            requireListed(placed);
        }
        long listed = position() - start;
        ByteBuffer end = header(SIGNATURE_BYTES);
        if (end.getInt(0) == LARGE_END) {
            ByteBuffer unused = header(LARGE_END_BYTES - SIGNATURE_BYTES);
            end = header(SIGNATURE_BYTES);
        }
        require(end.getInt(0) == END);
        requireEnd(header(END_BYTES - SIGNATURE_BYTES), start, listed);
        require(rest.read() < 0);
    }

    /** Without its signature. */
    private void requireEnd(ByteBuffer end, long start, long listed) throws ZipException {
        int count = Short.toUnsignedInt(end.getShort(6));
        require(end.getInt(0) == 0
                && end.getShort(4) == end.getShort(6)
                && (count == parts.size() || (count == COUNT_ELSEWHERE && parts.size() > count))
                && isSame(end.getInt(8), listed)
                && isSame(end.getInt(12), start)
                && end.getShort(16) == 0);
    }

    private void requireListed(Placed placed) throws IOException {
        ByteBuffer header = header(LISTED_BYTES);
        require(header.getInt(0) == LISTED);
        String name = new String(bytes(Short.toUnsignedInt(header.getShort(28))), StandardCharsets.UTF_8);
        byte[] unused = bytes(Short.toUnsignedInt(header.getShort(30)) + Short.toUnsignedInt(header.getShort(32)));
        ZipEntry part = placed.part();
        require(name.equals(part.getName())
                && header.getShort(10) == part.getMethod()
                && Integer.toUnsignedLong(header.getInt(16)) == part.getCrc()
                && isSame(header.getInt(20), part.getCompressedSize())
                && isSame(header.getInt(24), part.getSize())
                && isSame(header.getInt(42), placed.offset()));
    }

    private static boolean isSame(int said, long number) {
        long unsigned = Integer.toUnsignedLong(said);
        return unsigned == number || (unsigned == ELSEWHERE && number > unsigned);
    }

    private static void require(boolean sound) throws ZipException {
        if (!sound) {
            throw new ZipException("another directory than that of its parts");
        }
    }

    private ByteBuffer header(int bytes) throws IOException {
        return littleEndian(bytes(bytes));
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = rest.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }

    private long position() throws IOException {
        return file.count() - rest.available();
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
