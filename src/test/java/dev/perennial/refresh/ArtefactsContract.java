// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Artefacts} promises. */
public abstract class ArtefactsContract {
    private static final int MIB = 1 << 20;
    private static final long SEED = Long.getLong("perennial.seed", 25);

    @TempDir
    private Path disk;

    private Artefacts artefacts;

    /** An empty store. */
    protected abstract Artefacts create();

    /** Changes the store behind the port's back. */
    protected abstract void tamper(String sql);

    /** What a query counts. */
    protected abstract long count(String sql);

    @BeforeEach
    void begin() {
        artefacts = create();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + MIB / 2})
    void aFile_comesBackAsItWas(int size) throws IOException {
        Path file = file(size);
        artefacts.put(Map.of("members/one/model.onnx", file));

        assertThat(artefacts.list()).singleElement().satisfies(artefact -> {
            assertThat(artefact.name()).isEqualTo("members/one/model.onnx");
            assertThat(artefact.size()).isEqualTo(size);
        });
        assertThat(count("SELECT count(*) FROM artefact_chunks")).isEqualTo((size + MIB - 1) / MIB);
        Path back = disk.resolve("back");
        Files.writeString(back, "what was there before");
        assertThat(artefacts.fetch(artefacts.list().get(0), back)).isTrue();
        assertThat(Files.mismatch(file, back)).isEqualTo(-1);
        assertThat(disk.toFile().list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE artefact_chunks SET bytes = (SELECT bytes FROM artefact_chunks WHERE part = 0) WHERE part = 1",
                "UPDATE artefact_chunks SET part = 7 WHERE part = 1",
                "DELETE FROM artefact_chunks WHERE part = 2",
                "UPDATE artefact_chunks SET bytes = (SELECT bytes FROM artefact_chunks WHERE part = 2) WHERE part = 0",
                "UPDATE artefacts SET size = size - 1",
                "UPDATE artefacts SET size = size + 1048576",
                "UPDATE artefacts SET size = 9223372036854775807",
            })
    void damage_isDetected_andLeavesWhatWasThere(String damage) throws IOException {
        artefacts.put(Map.of("adapters/one.adapter", file(2 * MIB + 5)));
        tamper(damage);

        Path back = disk.resolve("back");
        Files.writeString(back, "what was there before");
        assertThat(artefacts.fetch(artefacts.list().get(0), back)).isFalse();
        assertThat(back).hasContent("what was there before");
        assertThat(disk.toFile().list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "..",
                "members/../../passwd",
                "members/..",
                "./lock",
                "members//one",
                "members/",
                "members\\one",
                "C:/one",
                "members/o\u0001ne",
            })
    void namesThatLeadElsewhere_areRefused(String name) throws IOException {
        Path file = file(1);
        assertThatThrownBy(() -> artefacts.put(Map.of(name, file))).isInstanceOf(IllegalArgumentException.class);
        assertThat(artefacts.list()).isEmpty();

        artefacts.put(Map.of("members/one/model.onnx", file));
        tamper("UPDATE artefacts SET name = '" + name + "'");
        assertThatThrownBy(() -> artefacts.list())
                .isInstanceOf(Refusal.StoreUnavailable.class)
                .hasMessageContaining("artefacts");
    }

    @Test
    void longNames_areRefused() throws IOException {
        Path file = file(1);
        assertThatThrownBy(() -> artefacts.put(Map.of("a/".repeat(300) + "b", file)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> artefacts.put(Map.of("a".repeat(256), file)))
                .isInstanceOf(IllegalArgumentException.class);
        artefacts.put(Map.of("a".repeat(255), file));
    }

    @Test
    void aSetOfFiles_isKeptAsAWhole_orNotAtAll() throws IOException {
        Path before = file(MIB + 1);
        Path after = file(MIB + 2);
        artefacts.put(Map.of("members/one/model.onnx", before));
        long version = artefacts.version();

        assertThatThrownBy(() -> artefacts.put(
                        Map.of("members/one/model.onnx", after, "members/one/tokenizer.json", disk.resolve("absent"))))
                .isInstanceOf(Refusal.StoreUnavailable.class);
        // Everything is sent, and the change that gives it names fails.
        tamper("UPDATE sequences SET name = 'hidden' WHERE name = 'artefact'");
        assertThatThrownBy(() ->
                        artefacts.put(Map.of("members/one/model.onnx", after, "members/one/tokenizer.json", file(3))))
                .isInstanceOf(RuntimeException.class);
        tamper("UPDATE sequences SET name = 'artefact' WHERE name = 'hidden'");
        assertThat(count("SELECT count(*) FROM artefact_chunks")).isEqualTo(5);

        assertThat(artefacts.version()).isEqualTo(version);
        assertThat(artefacts.list()).hasSize(1);
        Path back = disk.resolve("back");
        assertThat(artefacts.fetch(artefacts.list().get(0), back)).isTrue();
        assertThat(Files.mismatch(before, back)).isEqualTo(-1);

        artefacts.put(Map.of("members/one/tokenizer.json", file(3)));
        assertThat(count("SELECT count(*) FROM artefact_chunks"))
                .as("what was cut off is gone")
                .isEqualTo(3);
    }

    @Test
    void replace_leavesNothingElseBelow() throws IOException {
        Path one = file(1);
        Path two = file(2);
        artefacts.put(Map.of("members/one/a", one, "members/one/b", two, "members/one-more/a", one));

        artefacts.replace(Set.of("members/one"), Map.of("members/one/c", two));

        assertThat(artefacts.list()).extracting(Artefact::name).containsExactly("members/one-more/a", "members/one/c");
        assertThatThrownBy(() -> artefacts.replace(Set.of("members/one"), Map.of("members/one-more/b", two)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void removal_takesTheContentWithTheLastName() throws IOException {
        Path file = file(10);
        artefacts.put(Map.of("uploads/a.upload", file, "uploads/b.upload", file));
        assertThat(count("SELECT count(*) FROM artefact_chunks")).isEqualTo(1);

        artefacts.remove(Set.of("uploads/a.upload"));
        assertThat(artefacts.fetch(artefacts.list().get(0), disk.resolve("back")))
                .isTrue();
        artefacts.remove(Set.of("uploads/b.upload", "uploads/never.upload"));
        assertThat(artefacts.list()).isEmpty();
        assertThat(count("SELECT count(*) FROM artefact_chunks")).isZero();
    }

    @Test
    void version_countsChanges_andNothingElse() throws IOException {
        Path file = file(10);
        assertThat(artefacts.version()).isZero();
        artefacts.begin(Map.of());
        assertThat(artefacts.version()).isEqualTo(1);
        artefacts.put(Map.of("adapters/a.adapter", file));
        artefacts.put(Map.of("adapters/a.adapter", file));
        artefacts.remove(Set.of("adapters/b.adapter"));
        assertThat(artefacts.version()).isEqualTo(2);
        artefacts.remove(Set.of("adapters/a.adapter"));
        assertThat(artefacts.version()).isEqualTo(3);
    }

    @Test
    void version_doesNotCountWhatWaitsForAJob() throws IOException {
        artefacts.begin(Map.of());
        artefacts.put(Map.of("uploads/a.upload", file(10)));
        artefacts.put(Map.of("members/.staged/a.zip", file(10)));
        artefacts.remove(Set.of("uploads/a.upload"));
        assertThat(artefacts.version()).isEqualTo(1);
        assertThat(artefacts.list()).extracting(Artefact::name).containsExactly("members/.staged/a.zip");
    }

    private Path file(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(SEED + size).nextBytes(content);
        return Files.write(Files.createTempFile(disk, "", ""), content);
    }
}
