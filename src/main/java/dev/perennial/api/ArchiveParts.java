// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.api.ExportManifest.Part;
import dev.perennial.refresh.Exports;
import dev.perennial.refusal.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the parts of an archive, each stored as it is and without a time. Not thread-safe. */
final class ArchiveParts {
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final ZipOutputStream zip;
    private final String limitName;
    private final long maxBytes;
    private long written;

    /** @param maxBytes of all parts together */
    ArchiveParts(OutputStream out, String limitName, long maxBytes) {
        this.zip = new ZipOutputStream(new BufferedOutputStream(out));
        this.zip.setMethod(ZipOutputStream.STORED);
        this.limitName = limitName;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a part.
     *
     * @param content writes the same twice: an entry begins with its size
     */
    Part add(String name, Exports.Writer content) throws IOException {
        Measure measure = new Measure();
        content.write(measure);
        written += measure.bytes;
        if (written > maxBytes) {
            throw new Refusal.TooLarge(limitName, maxBytes, written);
        }
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        entry.setSize(measure.bytes);
        entry.setCompressedSize(measure.bytes);
        entry.setCrc(measure.crc.getValue());
        zip.putNextEntry(entry);
        content.write(zip);
        zip.closeEntry();
        return new Part(name, measure.bytes, HexFormat.of().formatHex(measure.sha256.digest()));
    }

    void finish() throws IOException {
        zip.finish();
        zip.flush();
    }

    /** What has to be known of a part before it is written. */
    private static final class Measure extends OutputStream {
        private final MessageDigest sha256 = IdempotentRequests.sha256();
        private final CRC32 crc = new CRC32();
        private long bytes;

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] some, int offset, int length) {
            sha256.update(some, offset, length);
            crc.update(some, offset, length);
            bytes += length;
        }
    }
}
