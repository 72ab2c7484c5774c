// SPDX-License-Identifier: Apache-2.0
package dev.perennial.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EntityVectorsTest {
    private static final int DIMENSION = 7;

    private final Random random = new Random(Long.getLong("perennial.seed", 7));

    @TempDir
    private Path folder;

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private EntityVectors vectors(int count) {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(DIMENSION);
        for (int i = 0; i < count; i++) {
            builder.add("e" + i, vector());
        }
        return builder.build("a source");
    }

    @Test
    void vector_isKeptToHalfAStepOfAByte() {
        float[] vector = vector();
        EntityVectorsBuilder builder = new EntityVectorsBuilder(DIMENSION);
        builder.add("e", new float[DIMENSION]);
        builder.add("e", vector);
        builder.add("zero", new float[DIMENSION]);
        EntityVectors vectors = builder.build("a source");

        float[] kept = vectors.vector("e").orElseThrow();
        for (int i = 0; i < DIMENSION; i++) {
            assertThat(kept[i]).isCloseTo(vector[i], within(vectors.scale(vectors.rowOf("e")) / 1.99f));
        }
        assertThat(vectors.dot(vectors.rowOf("e"), kept)).isCloseTo(dot(kept, kept), within(1e-4));
        assertThat(vectors.rows()).isEqualTo(2);
        assertThat(vectors.vector("zero")).isEmpty();
        assertThat(vectors.vector("other")).isEmpty();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void file_isReadAsItWasWritten() throws IOException {
        EntityVectors vectors = vectors(50);
        Path file = folder.resolve("vectors");
        VectorsFile.write(vectors, file);
        EntityVectors read = VectorsFile.read(file, "a source").orElseThrow();

        assertThat(read.digest()).isEqualTo(vectors.digest());
        assertThat(read.rows()).isEqualTo(50);
        for (int i = 0; i < 50; i++) {
            assertThat(read.vector("e" + i)).contains(vectors.vector("e" + i).orElseThrow());
        }
        assertThat(folder)
                .isDirectoryContaining(path -> path.equals(file))
                .isDirectoryNotContaining("glob:**unfinished");
    }

    @Test
    void fileOfSomethingElse_isNotUsed() throws IOException {
        Path file = folder.resolve("vectors");
        VectorsFile.write(vectors(3), file);

        assertThat(VectorsFile.read(file, "another source")).isEmpty();
        assertThat(VectorsFile.read(folder.resolve("nothing"), "a source")).isEmpty();
        assertThat(VectorsFile.read(file).orElseThrow().source()).isEqualTo("a source");
    }

    @Test
    void damagedFile_isNotUsed_whereverTheDamageIs() throws IOException {
        Path file = folder.resolve("vectors");
        VectorsFile.write(vectors(3), file);
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            boolean unused = i >= 32 && i < 32 + 256 - 8 && sound[i] == 0;
            assertThat(VectorsFile.read(file, "a source").isPresent())
                    .as("byte %d", i)
                    .isEqualTo(unused);
            Files.write(file, Arrays.copyOf(sound, i));
            assertThat(VectorsFile.read(file, "a source"))
                    .as("first %d bytes", i)
                    .isEmpty();
        }
    }

    @Test
    void changedEntity_hasItsNewVectorAtOnce() {
        EntityVectors vectors = vectors(5);
        float[] changed = new float[DIMENSION];
        changed[2] = 127;
        EntityVectors next = vectors.with("e2", changed).with("new", changed).without("e3");

        assertThat(next.vector("e2")).contains(changed);
        assertThat(next.vector("new")).contains(changed);
        assertThat(next.vector("e3")).isEmpty();
        assertThat(next.vector("e4")).contains(vectors.vector("e4").orElseThrow());
        assertThat(vectors.vector("new")).isEmpty();
        assertThat(next.overlaySize()).isEqualTo(3);
        assertThat(next.digest()).isNotEqualTo(vectors.digest()).matches("[0-9a-f]{64}");
        assertThat(vectors.without("e3")
                        .with("new", vector())
                        .with("new", changed)
                        .with("e2", changed)
                        .digest())
                .as("in another order")
                .isEqualTo(next.digest());
        assertThat(vectors.without("unheard of")).isSameAs(vectors);
    }

    @Test
    void whatIsNoVector_isABug() {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(DIMENSION);
        float[] nan = vector();
        nan[3] = Float.NaN;

        assertThatThrownBy(() -> builder.add("e", nan)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add("e", new float[3])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EntityVectorsBuilder(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VectorsFile.write(vectors(1).with("e", vector()), folder.resolve("v")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
