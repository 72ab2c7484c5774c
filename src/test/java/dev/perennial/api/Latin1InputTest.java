// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class Latin1InputTest {
    /** A connection whose client waits after a line. */
    @Test
    void whatHasCome_isGivenAtOnce() throws IOException {
        byte[] line = "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        InputStream waiting = new InputStream() {
            private int at;

            @Override
            public int read() {
                assertThat(at).as("nothing more has come").isLessThan(line.length);
                return line[at++] & 0xFF;
            }

            @Override
            public int available() {
                return line.length - at;
            }
        };
        byte[] buffer = new byte[100];
        Latin1Input in = new Latin1Input(waiting);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.UTF_8).endsWith("\n")) {
            all.write(buffer, 0, in.read(buffer));
        }
        assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("caf\u00e9\n");
    }

    @Test
    void everyByte_becomesUtf8_howeverItIsRead() throws IOException {
        byte[] latin1 = new byte[256];
        for (int i = 0; i < latin1.length; i++) {
            latin1[i] = (byte) i;
        }
        String expected = new String(latin1, StandardCharsets.ISO_8859_1);
        for (int size : new int[] {1, 2, 3, 7, 1000}) {
            Latin1Input in = new Latin1Input(new ByteArrayInputStream(latin1));
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            byte[] buffer = new byte[size];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read.write(buffer, 0, n);
            }
            assertThat(read.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        }
        assertThat(new String(Latin1Input.utf8(latin1), StandardCharsets.UTF_8)).isEqualTo(expected);
    }
}
