// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import dev.perennial.refusal.Refusal;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads request bodies up to a limit, plain or compressed with gzip, and the JSON in them. Thread-safe.
 *
 * <p>A body that is too large is read to its end, within reason, before it is refused, because a client that is still
 * sending does not listen.
 */
public final class Bodies {
    private static final int BUFFER_BYTES = 16 * 1024;
    /** ASCII is UTF-8 as it is. */
    private static final Set<String> UTF_8_NAMES = Set.of("utf-8", "utf8", "us-ascii", "ascii");

    private static final Set<String> LATIN_1_NAMES = Set.of("iso-8859-1", "latin1");
    private static final long DRAINED_BYTES = 64L * 1024 * 1024;

    private final Json json;

    public Bodies(Json json) {
        this.json = json;
    }

    /** A limit as {@code GET /v1/limits} lists it. */
    public record Limit(String name, int bytes) {}

    /** Reads a JSON document. */
    public <T> T json(byte[] body, Class<T> type) {
        return json.read(body, type);
    }

    /** Reads a JSON document of at most {@code limit}. */
    public <T> T json(HttpHeaders headers, InputStream body, Limit limit, Class<T> type) {
        return json.read(bytes(headers, body, limit), type);
    }

    /**
     * Reads a body that has nothing to say: none at all, or a JSON object without members.
     *
     * @return its bytes
     * @throws Refusal.Invalid when it has a member
     */
    byte[] requireEmpty(HttpHeaders headers, InputStream body, Limit limit) {
        byte[] bytes = bytes(headers, body, limit);
        if (bytes.length > 0) {
            EmptyBody unused = json.read(bytes, EmptyBody.class);
        }
        return bytes;
    }

    /**
     * Reads the bytes of a body, decompressed when its Content-Encoding says gzip.
     *
     * @throws Refusal.TooLarge when there are more than the limit allows, before or after decompression
     * @return UTF-8
     * @throws NotSupportedException when it is compressed otherwise, or in another charset than UTF-8 and ISO-8859-1
     * @throws Refusal.Unparsable when the body is cut off or not what its Content-Encoding says
     */
    public byte[] bytes(HttpHeaders headers, InputStream body, Limit limit) {
        boolean latin1 = isLatin1(headers);
        long announced = headers.getLength();
        try {
            if (announced > limit.bytes()) {
                drain(body);
                throw new Refusal.TooLarge(limit.name(), limit.bytes(), announced);
            }
            byte[] bytes = gzipped(headers) ? inflated(body, limit) : upTo(body, limit, body);
            return latin1 ? Latin1Input.utf8(bytes) : bytes;
        } catch (ZipException | EOFException broken) {
            throw notGzip();
        } catch (IOException broken) {
            throw cutOff();
        }
    }

    private static byte[] inflated(InputStream body, Limit limit) throws IOException {
        try (GZIPInputStream inflated = new GZIPInputStream(body, BUFFER_BYTES)) {
            return upTo(inflated, limit, body);
        }
    }

    private static byte[] upTo(InputStream stream, Limit limit, InputStream raw) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
            if (read.size() + n > limit.bytes()) {
                long seen = (long) read.size() + n;
                drain(raw);
                throw new Refusal.TooLarge(limit.name(), limit.bytes(), seen);
            }
            read.write(buffer, 0, n);
        }
        return read.toByteArray();
    }

    /**
     * Whether the Content-Type says ISO-8859-1, which some clients do of everything; it is UTF-8 otherwise.
     *
     * @throws NotSupportedException when it names another charset
     */
    private static boolean isLatin1(HttpHeaders headers) {
        MediaType type = headers.getMediaType();
        String charset = type == null ? null : type.getParameters().get(MediaType.CHARSET_PARAMETER);
        String name = charset == null ? "utf-8" : charset.toLowerCase(Locale.ROOT);
        if (!UTF_8_NAMES.contains(name) && !LATIN_1_NAMES.contains(name)) {
            throw new NotSupportedException();
        }
        return LATIN_1_NAMES.contains(name);
    }

    /**
     * The bytes as they come, as UTF-8 and decompressed when the Content-Encoding says gzip; for what is read piece by
     * piece.
     */
    static InputStream stream(HttpHeaders headers, InputStream body) {
        boolean latin1 = isLatin1(headers);
        try {
            InputStream plain = gzipped(headers) ? new GZIPInputStream(body, BUFFER_BYTES) : body;
            return StrictUtf8.withoutByteOrderMark(latin1 ? new Latin1Input(plain) : plain);
        } catch (ZipException | EOFException broken) {
            throw notGzip();
        } catch (IOException broken) {
            throw cutOff();
        }
    }

    static Refusal.Unparsable notGzip() {
        return new Refusal.Unparsable("The body is not a complete gzip stream; send it again.");
    }

    static Refusal.Unparsable cutOff() {
        return new Refusal.Unparsable("The body ended before it was complete; send it again.");
    }

    private static boolean gzipped(HttpHeaders headers) {
        String encoding = headers.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (encoding == null || encoding.isBlank() || encoding.trim().equalsIgnoreCase("identity")) {
            return false;
        }
        if (encoding.trim().toLowerCase(Locale.ROOT).equals("gzip")) {
            return true;
        }
        throw new NotSupportedException();
    }

    private static void drain(InputStream body) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long drained = 0;
        for (int n = body.read(buffer); n >= 0 && drained < DRAINED_BYTES; n = body.read(buffer)) {
            drained += n;
        }
    }
}
