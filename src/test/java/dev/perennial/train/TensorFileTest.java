// SPDX-License-Identifier: Apache-2.0
package dev.perennial.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TensorFileTest {
    private static final long SEED = Long.getLong("perennial.seed", 20261122);

    @TempDir
    private Path directory;

    private static StoredTensor tensor(String name, float... values) {
        return new StoredTensor(name, new long[] {values.length}, Optional.empty(), values);
    }

    private static byte[] content(StoredTensor... tensors) throws IOException {
        return new TensorFile(Map.of("kind", "x"), List.of(tensors)).content();
    }

    /** With a hash that is right again. */
    private static byte[] sealed(byte[] changed) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(changed, 0, changed.length - 32);
            byte[] sealed = changed.clone();
            System.arraycopy(sha256.digest(), 0, sealed, changed.length - 32, 32);
            return sealed;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void isRefused(byte[] content, String why) {
        assertThatThrownBy(() -> TensorFile.of(content))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining(why);
    }

    @Test
    void tensors_areReadAsTheyWereWritten() throws IOException {
        StoredTensor some = new StoredTensor("b", new long[] {2, 3}, Optional.of(new int[] {1, 5}), new float[] {7, 8});
        TensorFile read = TensorFile.of(content(tensor("a.b/c#A", 1, -2), some));
        assertThat(read.header()).containsExactly(Map.entry("kind", "x"));
        assertThat(read.tensors().get(0).values()).containsExactly(1, -2);
        assertThat(read.tensors().get(1).positions().orElseThrow()).containsExactly(1, 5);
        assertThat(read.tensors().get(1).shape()).containsExactly(2, 3);
    }

    @Test
    void aChangedByte_isNoticed() throws IOException {
        byte[] content = content(tensor("a", 1, 2, 3));
        for (int i = 0; i < content.length; i++) {
            byte[] changed = content.clone();
            changed[i] ^= 4;
            assertThatThrownBy(() -> TensorFile.of(changed)).isInstanceOf(Refusal.Invalid.class);
        }
    }

    /** Whoever changes a file can compute its hash: nothing else than a refusal may come of it. */
    @Test
    void whateverIsSealedAnew_isReadOrRefused() throws IOException {
        StoredTensor some = new StoredTensor("b", new long[] {2, 3}, Optional.of(new int[] {1, 5}), new float[] {7, 8});
        byte[] content = content(tensor("a", 1, 2, 3), some);
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = Arrays.copyOf(
                    content, random.nextInt(10) == 0 ? 40 + random.nextInt(content.length - 40) : content.length);
            for (int i = random.nextInt(3); i >= 0; i--) {
                changed[random.nextInt(changed.length - 32)] = (byte) random.nextInt();
            }
            try {
                TensorFile.of(sealed(changed));
            } catch (Refusal.Invalid expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void hostileContents_areRefusedByWhatIsWrong() throws IOException {
        isRefused(content(tensor("a", Float.NaN)), "not finite");
        isRefused(content(tensor("../a\n", 1)), "text that none");
        isRefused(content(tensor("a", 1), tensor("a", 2)), "one name");
        isRefused(
                content(new StoredTensor("a", new long[] {9}, Optional.of(new int[] {3, 3}), new float[2])),
                "out of order");
        isRefused(
                content(new StoredTensor("a", new long[] {2}, Optional.of(new int[] {2}), new float[1])),
                "out of order");
        isRefused(content(new StoredTensor("a", new long[] {1 << 30}, Optional.empty(), new float[1])), "too early");
        isRefused(
                content(new StoredTensor("a", new long[] {1 << 30, 1 << 30}, Optional.empty(), new float[1])),
                "too large");
        isRefused(content(new StoredTensor("a", new long[] {0}, Optional.empty(), new float[0])), "empty axis");
        byte[] content = content(tensor("a", 1));
        isRefused(sealed(Arrays.copyOf(content, content.length + 4)), "follows its end");
        byte[] many = content.clone();
        ByteBuffer.wrap(many).putInt(Long.BYTES, Integer.MAX_VALUE);
        isRefused(sealed(many), "too many");
    }

    @Test
    void aFileThatIsTooLarge_isNotRead() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[100]);
        assertThatThrownBy(() -> TensorFile.read(file, 99))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("too large");
    }
}
