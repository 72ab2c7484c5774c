// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class NdjsonLinesTest {
    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void rows_areTheLinesThatAreNotBlank() throws IOException {
        BitSet rows = NdjsonLines.rows(stream("\n1\n \t\r\n2\n3"));
        assertThat(rows.stream()).containsExactly(1, 3, 4);
    }

    @Test
    void manyBlankLines_takeABitEach() throws IOException {
        BitSet rows = NdjsonLines.rows(stream("\n".repeat(4_000_000) + "1"));
        assertThat(rows.cardinality()).isEqualTo(1);
        assertThat(rows.size()).isLessThan(8_100_000);
    }

    @Test
    void aLineThatIsTooLong_isNotBlank_howeverItBegins() throws IOException {
        NdjsonLines lines = new NdjsonLines(stream(" ".repeat(NdjsonLines.MAX_LINE_BYTES) + "x\n"));
        assertThat(lines.next())
                .hasValueSatisfying(line -> assertThat(line.tooLong()).isTrue());
        assertThat(lines.next()).isEmpty();
    }

    @Test
    void aBlankLineThatHasCome_isNotWaitedBehind() throws IOException {
        byte[] come = "\"a\"\n\n".getBytes(StandardCharsets.UTF_8);
        InputStream waiting = new InputStream() {
            private int at;

            @Override
            public int read() {
                assertThat(at).as("nothing more has come").isLessThan(come.length);
                return come[at++];
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                buffer[offset] = (byte) read();
                return 1;
            }

            @Override
            public int available() {
                return come.length - at;
            }
        };
        NdjsonLines lines = new NdjsonLines(waiting);
        assertThat(lines.next()).isPresent();
        assertThat(lines.nextArrived()).isEmpty();
    }
}
