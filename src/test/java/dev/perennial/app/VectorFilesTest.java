// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.EntityVectorsBuilder;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VectorFilesTest {
    private static final GraphId ONE = new GraphId("one");
    private static final GraphId OTHER = new GraphId("one-more");

    @TempDir
    private Path directory;

    private VectorFiles shelf;

    @BeforeEach
    void open() {
        shelf = new VectorFiles(directory, KeptFiles.NONE);
    }

    private static EntityVectors vectors(String source) {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(2);
        builder.add("oslo", new float[] {1, 2});
        return builder.build(source);
    }

    private void fill(GraphId graph) {
        shelf.give(graph, vectors("given"));
        shelf.keep(graph, "textual", vectors("words"));
        shelf.readBy(graph, "member");
        shelf.keepTraining(graph, out -> out.write(7));
        shelf.finishTraining(graph);
        shelf.keepTraining(graph, out -> out.write(8));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static int read(InputStream stream) throws IOException {
        try (stream) {
            return stream.read();
        }
    }

    @Test
    void whatIsKept_isThereAfterAStart() throws IOException {
        fill(ONE);
        VectorFiles reopened = new VectorFiles(directory, KeptFiles.NONE);

        assertThat(reopened.given(ONE).orElseThrow().source()).isEqualTo("given");
        assertThat(reopened.derived(ONE, "textual").orElseThrow().source()).isEqualTo("words");
        assertThat(reopened.reader(ONE)).contains("member");
        assertThat(read(reopened.trained(ONE).orElseThrow())).isEqualTo(7);
        assertThat(read(reopened.training(ONE).orElseThrow())).isEqualTo(8);
        assertThat(reopened.given(OTHER)).isEmpty();
    }

    @Test
    void finishedTraining_isNoLongerOneThatGoesOn() throws IOException {
        fill(ONE);
        shelf.finishTraining(ONE);

        assertThat(shelf.training(ONE)).isEmpty();
        assertThat(read(shelf.trained(ONE).orElseThrow())).isEqualTo(8);
        assertThatThrownBy(() -> shelf.finishTraining(ONE)).isInstanceOf(Refusal.StoreUnavailable.class);
    }

    @Test
    void droppedTraining_leavesNoFile_andTheFinishedOneAsItIs() throws IOException {
        fill(ONE);
        shelf.dropTraining(ONE);
        shelf.dropTraining(ONE);

        assertThat(files()).noneMatch(file -> file.contains(".training."));
        assertThat(read(shelf.trained(ONE).orElseThrow())).isEqualTo(7);
    }

    @Test
    void retain_removesWhatIsOfOtherGraphs_andWhatWasNeverFinished() throws IOException {
        fill(ONE);
        fill(OTHER);
        Files.write(directory.resolve("one.given.vectors.unfinished"), new byte[9]);
        List<String> all = files();
        shelf.retain(List.of(ONE, OTHER));
        assertThat(files()).hasSize(all.size() - 1).noneMatch(name -> name.endsWith("unfinished"));

        shelf.retain(List.of(OTHER));
        assertThat(files()).hasSize(all.size() / 2).allMatch(name -> name.startsWith("one-more."));
    }

    @Test
    void remove_takesAllOfOneGraph_andNothingOfAnother() throws IOException {
        fill(ONE);
        fill(OTHER);
        shelf.remove(ONE);

        assertThat(files()).isNotEmpty().allMatch(name -> name.startsWith("one-more."));
        shelf.takeBack(OTHER);
        assertThat(shelf.given(OTHER)).isEmpty();
        assertThat(shelf.derived(OTHER, "textual")).isPresent();
    }

    @Test
    void damagedVectors_areNone() throws IOException {
        fill(ONE);
        Path file = directory.resolve("one.given.vectors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        assertThat(shelf.given(ONE)).isEmpty();
    }
}
