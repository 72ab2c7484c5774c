// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.WordVectorsFile.Format;
import dev.perennial.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WordVectorsFileTest {
    private final AliasIndex names = AliasIndex.of(KnowledgeGraphTest.graph(List.of(
            Statement.label("Q1", "Barack Obama", "en"),
            Statement.alias("Q2", "Barack Obama", "en"),
            Statement.label("Q2", "Obama (city)", "en"),
            Statement.label("new york", "New York", "en"))));

    private static final String TEXT = """
            4 2
            the 1 NaN
            ENTITY/Barack_Obama 127 -1e0
            new york 0 127
            Q2 1 1
            """;

    private EntityVectors text(String words) throws IOException {
        return read(words.getBytes(StandardCharsets.UTF_8), Format.TEXT);
    }

    private EntityVectors read(byte[] bytes, Format format) throws IOException {
        return WordVectorsFile.read(new ByteArrayInputStream(bytes), format, names);
    }

    private static byte[] binary(String... names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((names.length + " 2\n").getBytes(StandardCharsets.UTF_8));
        for (String name : names) {
            bytes.writeBytes((name + " ").getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(127)
                    .putFloat(-1)
                    .array());
            bytes.write('\n');
        }
        return bytes.toByteArray();
    }

    @Test
    void rows_areTakenForEntitiesByIdOrByLabel() throws IOException {
        EntityVectors vectors = text(TEXT);

        assertThat(vectors.rows()).isEqualTo(3);
        assertThat(vectors.vector("Q1")).contains(new float[] {127, -1});
        assertThat(vectors.vector("new york")).contains(new float[] {0, 127});
        assertThat(vectors.vector("Q2")).isPresent();
        assertThat(text(TEXT.stripTrailing()).digest()).isEqualTo(vectors.digest());
        assertThat(vectors.source()).startsWith("word vectors ");
    }

    @Test
    void rowById_winsOverRowByLabel() throws IOException {
        assertThat(text("2 2\nENTITY/Barack_Obama 1 1\nQ1 127 0\n").vector("Q1"))
                .contains(new float[] {127, 0});
        assertThat(text("2 2\nQ1 127 0\nENTITY/Barack_Obama 1 1\n").vector("Q1"))
                .contains(new float[] {127, 0});
        assertThat(text("1 2\nQ1 0 0\n").rows()).isZero();
    }

    @Test
    void binaryRows_areReadWithAndWithoutLineEnds() throws IOException {
        byte[] bytes = binary("the", "ENTITY/Barack_Obama", "Q2");

        assertThat(read(bytes, Format.BINARY).vector("Q1")).contains(new float[] {127, -1});
        assertThat(read(bytes, Format.BINARY).rows()).isEqualTo(2);
        byte[] one = binary("Q1");
        assertThat(read(Arrays.copyOf(one, one.length - 1), Format.BINARY).rows())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4",
                "4 2",
                "x y\n",
                "-1 2\n",
                "1 0\n",
                "1 99999\nQ1 1\n",
                "999999999999 2\n",
                "2 2\nQ1 1 1\n",
                "1 2\nQ1 1\n",
                "1 2\nQ1 1 1\nQ2 1 1\n",
                "1 2\nQ1 1 NaN\n",
                "1 2\nQ1 1 1e99\n",
                "1 2\nQ1 1 one\n"
            })
    void whatIsNoSuchFile_isRefused(String words) {
        assertThatThrownBy(() -> text(words)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void halfAFile_isRefused_whereverItEnds() {
        byte[] bytes = binary("the", "Q1");
        for (int i = 0; i < bytes.length - 1; i++) {
            byte[] half = Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> read(half, Format.BINARY))
                    .as("%d bytes", i)
                    .isInstanceOf(Refusal.Invalid.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void endlessRow_isRefusedLongBeforeItsEnd(Format format) {
        InputStream endless = new InputStream() {
            private final byte[] head = "1 2\n".getBytes(StandardCharsets.UTF_8);
            private int read;

            @Override
            public int read() {
                assertThat(read).isLessThan(1_000_000);
                read++;
                return read <= head.length ? head[read - 1] : 'x';
            }
        };

        assertThatThrownBy(() -> WordVectorsFile.read(endless, format, names)).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void anyBytes_areReadOrRefused() throws IOException {
        Random random = new Random(Long.getLong("perennial.seed", 7));
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = round % 2 == 0 ? binary("the", "Q1") : TEXT.getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                assertThat(read(bytes, round % 2 == 0 ? Format.BINARY : Format.TEXT)
                                .dimension())
                        .isPositive();
            } catch (Refusal.Invalid refused) {
                assertThat(refused).hasMessageContaining("row");
            }
        }
    }
}
