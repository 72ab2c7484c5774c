// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** UTF-8 that is refused, not repaired, where it is wrong. */
final class StrictUtf8 {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final String HALF_A_PAIR = "\uDFFF";

    private StrictUtf8() {}

    /** A reader that throws {@link CharacterCodingException} at the first wrong byte. */
    static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /**
     * A reader that puts half a surrogate pair in the place of what is not UTF-8. No well-formed text holds one, so
     * that the row is refused and not the whole body.
     */
    static BufferedReader marking(InputStream in) {
        return new BufferedReader(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)
                        .replaceWith(HALF_A_PAIR)));
    }

    /** Whether something that {@link #marking} read was not UTF-8. */
    static boolean isMarked(String text) {
        return text.codePoints().anyMatch(codePoint -> codePoint == HALF_A_PAIR.charAt(0));
    }

    /** The same bytes, less the byte order mark that some editors put first. */
    static InputStream withoutByteOrderMark(InputStream in) throws IOException {
        PushbackInputStream begun = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
        byte[] first = begun.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(first, BYTE_ORDER_MARK)) {
            begun.unread(first);
        }
        return begun;
    }

    /** The characters, or nothing when the bytes are not UTF-8. */
    static Optional<String> decode(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
