// SPDX-License-Identifier: Apache-2.0
package dev.perennial.source;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** UTF-8 in which half a surrogate pair stands for what is none; no statement may hold one. */
final class Utf8 {
    static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final String HALF_A_PAIR = "\uDFFF";

    private Utf8() {}

    static Reader reader(InputStream in) {
        return new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)
                        .replaceWith(HALF_A_PAIR));
    }
}
