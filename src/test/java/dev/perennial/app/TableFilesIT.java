// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Passage;
import dev.perennial.encode.TableEncoder;
import dev.perennial.onnx.BundledModels;
import dev.perennial.onnx.OnnxRuntime;
import dev.perennial.onnx.OnnxSettings;
import dev.perennial.refresh.CandidateShelf.Kept;
import dev.perennial.refresh.KeptFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableFilesIT {
    private static final Passage TEXT = Passage.of("where is my card");
    private static final BundledModels MODELS = new BundledModels(Path.of("target/models"));
    private static final TableEncoder BUILT =
            (TableEncoder) MODELS.open(OnnxRuntime.start(OnnxSettings.defaults()), List.of("static"))
                    .get(0);

    @TempDir
    private Path directory;

    private TableFiles files;
    private TableEncoder candidate;

    @BeforeEach
    void open() {
        files = new TableFiles(directory, KeptFiles.NONE, MODELS.staticTables(), BUILT);
        candidate = candidate(0.5f);
    }

    private static TableEncoder candidate(float value) {
        float[] row = new float[BUILT.info().dimension()];
        row[7] = value;
        return BUILT.with(Map.of(BUILT.pieces(TEXT)[3], row));
    }

    private static float[] vector(TableEncoder encoder) {
        return encoder.encode(List.of(TEXT)).get(0).vector();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void candidate_hasItsOwnRowAndDigest_andLeavesTheBuiltOneAsItIs() {
        assertThat(candidate.row(BUILT.pieces(TEXT)[3])[7]).isEqualTo(0.5f);
        assertThat(candidate.row(BUILT.pieces(TEXT)[2])).isEqualTo(BUILT.row(BUILT.pieces(TEXT)[2]));
        assertThat(candidate.info().digest()).isNotEqualTo(BUILT.info().digest());
        assertThat(vector(candidate)).isNotEqualTo(vector(BUILT));
    }

    @Test
    void whatIsKept_isTheCandidate_andServesTheNextStartOnlyWhenConfirmed() throws IOException {
        Kept kept = files.keep("job_1", candidate, "{\"figure\":1}");
        assertThat(kept.encoder().info()).isEqualTo(candidate.info());
        assertThat(vector((TableEncoder) kept.encoder())).isEqualTo(vector(candidate));
        assertThat(files.confirmed()).isEmpty();
        assertThat(files.kept("job_1")).hasValueSatisfying(again -> {
            assertThat(again.report()).isEqualTo("{\"figure\":1}");
            assertThat(again.encoder().info()).isEqualTo(candidate.info());
        });
        assertThat(files.kept("job_2")).isEmpty();

        files.confirm("job_2");
        assertThat(files.confirmed()).isEmpty();
        files.confirm("job_1");
        assertThat(files.confirmed())
                .hasValueSatisfying(serving -> assertThat(serving.info()).isEqualTo(candidate.info()));
        assertThat(files.kept("job_1"))
                .as("told again to a job that is begun again")
                .isPresent();
        assertThat(names()).hasSize(2).contains("static.properties");
    }

    @Test
    void aLaterTable_replacesTheOneBefore_andLeavesNoFileOfIt() throws IOException {
        files.keep("job_1", candidate, "{}");
        files.confirm("job_1");
        TableEncoder later = candidate(0.25f);
        files.keep("job_2", later, "{}");
        assertThat(files.confirmed().orElseThrow().info()).isEqualTo(candidate.info());
        files.confirm("job_2");
        assertThat(files.confirmed().orElseThrow().info()).isEqualTo(later.info());
        assertThat(names()).hasSize(2);
    }

    @Test
    void discardedAndForgottenTables_leaveNoFile() throws IOException {
        files.keep("job_1", candidate, "{}");
        files.discard("job_2");
        assertThat(files.kept("job_1")).isPresent();
        files.discard("job_1");
        assertThat(names()).isEmpty();
        files.keep("job_1", candidate, "{}");
        files.confirm("job_1");
        files.discard("job_1");
        assertThat(files.confirmed()).isPresent();
        files.forget();
        assertThat(names()).isEmpty();
        assertThat(files.built()).isSameAs(BUILT);
    }

    @Test
    void start_dropsWhatIsKeptForJobsThatHaveEnded_andWhatWasCutOff() throws IOException {
        files.keep("job_1", candidate, "{}");
        files.confirm("job_1");
        TableEncoder later = candidate(0.25f);
        files.keep("job_2", later, "{}");
        Files.write(directory.resolve("static.table.part"), new byte[3]);
        Files.write(directory.resolve("static.pending.properties.part"), new byte[3]);

        files.retain(Set.of("job_2", "job_3"));
        assertThat(files.kept("job_2")).isPresent();
        assertThat(names()).hasSize(4).noneMatch(name -> name.endsWith(".part"));

        files.retain(Set.of("job_3"));
        assertThat(files.kept("job_2")).isEmpty();
        assertThat(files.confirmed().orElseThrow().info()).isEqualTo(candidate.info());
        assertThat(names()).hasSize(2);
    }

    @Test
    void aTableOrManifestThatIsDamagedMissingOrOfAnotherRelease_doesNotServe() throws IOException {
        files.keep("job_1", candidate, "{}");
        files.confirm("job_1");
        Path table = directory.resolve(names().stream()
                .filter(name -> name.endsWith(".table"))
                .findFirst()
                .orElseThrow());
        byte[] whole = Files.readAllBytes(table);
        byte[] flipped = whole.clone();
        flipped[1000] ^= 1;
        Files.write(table, flipped);
        assertThat(files.confirmed()).isEmpty();
        Files.delete(table);
        assertThat(files.confirmed()).isEmpty();
        Files.write(table, whole);
        assertThat(files.confirmed()).isPresent();
        Path manifest = directory.resolve("static.properties");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replaceAll("basis=.*", "basis=another"));
        assertThat(files.confirmed()).isEmpty();
        Files.writeString(manifest, "\\u12");
        assertThat(files.confirmed()).isEmpty();
    }
}
