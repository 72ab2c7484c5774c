// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.knowledge.EntityVectors;
import dev.perennial.knowledge.EntityVectorsBuilder;
import dev.perennial.knowledge.GraphId;
import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.Artefact;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.DataDirectory;
import dev.perennial.store.SqlArtefacts;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.store.UploadFiles;
import dev.perennial.task.TaskId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories that follow a store. A process that ends between two steps is one that does not do the rest; the
 * next one opens the same directory, or another one.
 */
final class MirrorTest {
    private static final GraphId GRAPH = new GraphId("words");

    @TempDir
    private Path home;

    private SqliteDatabase database;
    private SqlArtefacts artefacts;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(home.resolve("store.db"));
        artefacts = new SqlArtefacts(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** A start, up to where shelves are opened. */
    private Mirror start(String name) {
        return start(name, true);
    }

    private Mirror start(String name, boolean leads) {
        try (DataDirectory directory = DataDirectory.open(home.resolve(name))) {
            Mirror mirror = new Mirror(directory.path(), artefacts);
            mirror.restore(leads);
            return mirror;
        }
    }

    private Path write(String file, String content) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, content);
    }

    private List<String> files(String data) throws IOException {
        Path root = home.resolve(data);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !Set.of("lock", "format").contains(file))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void firstStart_putsWhatIsThereIntoTheStore_andLaterOnesFollowTheStore() throws IOException {
        List<String> followed = List.of(
                "adapters/a.adapter",
                "graphs/words.given.vectors",
                "graphs/words.reader.vectors",
                "graphs/words.trained.vectors",
                "imports/1.upload",
                "members/.staged/tiny-1.zip",
                "members/tiny/member.properties",
                "members/tiny/model.onnx",
                "refreshed/static.pending.properties",
                "refreshed/static.properties",
                "refreshed/x.table",
                "uploads/2.upload");
        List<String> local = List.of(
                "adapters/b.part",
                "derived/heads",
                "exports/e.zip",
                "graphs/words.textual.vectors",
                "graphs/words.training.vectors",
                "members/.fresh-1/model.onnx",
                "members/.pending-tiny/model.onnx",
                "models/m.onnx",
                "perennial.db",
                "refreshed/static.table.part");
        for (String file : Stream.concat(followed.stream(), local.stream()).toList()) {
            write("first/" + file, "content of " + file);
        }
        start("first");

        start("second");
        assertThat(files("second")).containsExactlyElementsOf(followed);
        for (String file : followed) {
            assertThat(home.resolve("second").resolve(file)).hasContent("content of " + file);
        }
        start("first");
        assertThat(files("first")).hasSize(followed.size() + local.size());
    }

    @Test
    void emptyStore_isFollowedToo_onceItHasBegun() throws IOException {
        start("first");
        assertThat(artefacts.version()).isEqualTo(1);
        write("old/members/tiny/model.onnx", "removed long ago");
        write("old/adapters/a.adapter", "removed long ago");

        start("old");

        assertThat(files("old")).isEmpty();
        assertThat(home.resolve("old/members/tiny")).doesNotExist();
    }

    @Test
    void endBeforeTheStoreHasAFile_leavesNone() throws IOException {
        start("data");
        write("data/adapters/a.adapter", "whole, and not told of");

        start("data");

        assertThat(files("data")).isEmpty();
    }

    @Test
    void endAfterTheStoreHasAFile_leavesIt_whetherItHasItsNameOrNot() throws IOException {
        Mirror mirror = start("data");
        Path pending = write("data/members/.pending-tiny/model.onnx", "model").getParent();
        write("data/members/.pending-tiny/tokenizer.json", "tokenizer");
        mirror.keeping(home.resolve("data/members/tiny"), pending);

        start("data");

        assertThat(home.resolve("data/members/tiny/model.onnx")).hasContent("model");
        assertThat(home.resolve("data/members/tiny/tokenizer.json")).hasContent("tokenizer");
    }

    @Test
    void replacedFolder_hasNothingOfTheOneBefore() throws IOException {
        write("data/members/tiny/model.onnx", "model");
        Mirror mirror = start("data");
        Path pending = write("data/members/.pending-tiny/static.table", "table").getParent();
        mirror.keeping(home.resolve("data/members/tiny"), pending);

        start("data");
        start("other");

        assertThat(files("other")).containsExactly("members/tiny/static.table");
        assertThat(home.resolve("data/members/tiny/model.onnx")).doesNotExist();
    }

    @Test
    void endAfterARemoval_andBeforeTheDeletion_bringsNothingBack() throws IOException {
        write("data/members/tiny/model.onnx", "model");
        write("data/members/other/model.onnx", "model");
        Mirror mirror = start("data");
        mirror.removing(List.of(home.resolve("data/members/tiny")));

        start("data");

        assertThat(files("data")).containsExactly("members/other/model.onnx");
        assertThat(home.resolve("data/members/tiny")).doesNotExist();
    }

    @Test
    void fileThatIsNotWhatTheStoreHas_isReplaced() throws IOException {
        write("data/adapters/a.adapter", "newest");
        start("data");
        write("data/adapters/a.adapter", "oldest");

        start("data");

        assertThat(home.resolve("data/adapters/a.adapter")).hasContent("newest");
    }

    @Test
    void damagedFile_isLeftOut_andTheOthersAreThere() throws Exception {
        write("data/adapters/a.adapter", "content");
        write("data/adapters/b.adapter", "other content");
        start("data");
        write("data/adapters/a.adapter", "damaged");
        try (Connection behind = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("store.db"));
                Statement statement = behind.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE artefact_chunks SET bytes = x'00000000000000' WHERE sha256 ="
                            + " (SELECT sha256 FROM artefacts WHERE name = 'adapters/a.adapter')"))
                    .isEqualTo(1);
        }

        start("data");

        assertThat(files("data")).containsExactly("adapters/b.adapter");
        assertThat(artefacts.list()).hasSize(2);
    }

    @Test
    void artefactsOutsideOfTheFolders_areNotWritten() throws IOException {
        Path file = write("file", "hostile");
        artefacts.put(Map.of(
                "models/m.onnx",
                file,
                "derived/x",
                file,
                "config/application.properties",
                file,
                "adapters/x.so",
                file));

        start("data");

        assertThat(files("data")).isEmpty();
    }

    @Test
    void processThatFollows_hasTheFiles_andChangesNothingOfTheStore() throws IOException {
        write("following/adapters/local.adapter", "local");
        start("following", false);
        assertThat(artefacts.version()).isZero();
        assertThat(files("following")).containsExactly("adapters/local.adapter");
        write("leading/adapters/a.adapter", "content");
        Mirror leading = start("leading");

        Mirror following = start("following", false);
        assertThat(files("following")).containsExactly("adapters/a.adapter");
        following.removing(List.of(home.resolve("following/adapters/a.adapter")));
        assertThat(artefacts.list()).hasSize(1);

        leading.keeping(home.resolve("leading/adapters/b.adapter"), write("leading/adapters/b.part", "more"));
        following.restore(false);
        assertThat(files("following")).containsExactly("adapters/a.adapter", "adapters/b.adapter");
        Files.delete(home.resolve("following/adapters/a.adapter"));
        following.restore(true);
        assertThat(files("following")).containsExactly("adapters/a.adapter", "adapters/b.adapter");
        following.removing(List.of(home.resolve("following/adapters/a.adapter")));
        assertThat(artefacts.list()).hasSize(1);
    }

    @Test
    void whatIsNotThere_isNotKept_andTheStoreStaysAsItWas() throws IOException {
        write("data/graphs/words.trained.vectors", "trained");
        Mirror mirror = start("data");

        assertThatThrownBy(() -> mirror.keeping(
                        home.resolve("data/graphs/words.trained.vectors"),
                        home.resolve("data/graphs/words.training.vectors")))
                .isInstanceOf(Refusal.StoreUnavailable.class);

        assertThat(artefacts.list()).extracting(Artefact::name).containsExactly("graphs/words.trained.vectors");
    }

    @Test
    void whatShelvesKeep_isFoundElsewhere_andWhatTheyRemoveIsNot() throws IOException {
        Mirror mirror = start("first");
        AdapterFiles adapters = new AdapterFiles(home.resolve("first/adapters"), mirror, left -> {});
        adapters.keep(adapter("serving"));
        adapters.keep(adapter("aside"));
        adapters.keep(adapter("gone"));
        adapters.setAside("aside", Set.of("digest"));
        adapters.remove("gone");
        VectorFiles vectors = new VectorFiles(home.resolve("first/graphs"), mirror);
        vectors.give(GRAPH, vectors("given"));
        vectors.keep(GRAPH, "textual", vectors("words"));
        vectors.readBy(GRAPH, "member");
        vectors.keepTraining(GRAPH, out -> out.write(7));
        vectors.finishTraining(GRAPH);
        UploadFiles uploads = new UploadFiles(home.resolve("first/uploads"), mirror);
        String waiting = uploads.stage(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        uploads.discard(uploads.stage(new ByteArrayInputStream(new byte[] {4})));

        Mirror second = start("second");
        AdapterFiles found = new AdapterFiles(home.resolve("second/adapters"), second, left -> {});
        assertThat(found.kept()).extracting(Kept::id).containsExactly("serving");
        assertThat(found.past())
                .singleElement()
                .satisfies(past -> assertThat(past.digests()).containsExactly("digest"));
        VectorFiles graphs = new VectorFiles(home.resolve("second/graphs"), second);
        assertThat(graphs.given(GRAPH)).isPresent();
        assertThat(graphs.reader(GRAPH)).contains("member");
        assertThat(graphs.trained(GRAPH).orElseThrow().readAllBytes()).containsExactly(7);
        assertThat(graphs.derived(GRAPH, "textual")).isEmpty();
        assertThat(home.resolve("second/uploads").toFile().list()).containsExactly(waiting);

        graphs.takeBack(GRAPH);
        assertThat(artefacts.list())
                .extracting(Artefact::name)
                .doesNotContain("graphs/words.given.vectors")
                .contains("graphs/words.trained.vectors");
        graphs.retain(List.of());
        found.remove("serving");
        found.remove("aside");
        new UploadFiles(home.resolve("second/uploads"), second).retain(Set.of());
        start("first");
        assertThat(files("first")).containsExactly("graphs/words.textual.vectors");
    }

    @Test
    void shelfThatTheStoreRefuses_staysAsItWas() throws IOException {
        Mirror mirror = start("data");
        AdapterFiles before = new AdapterFiles(home.resolve("data/adapters"), mirror, left -> {});
        before.keep(adapter("a"));
        VectorFiles graphs = new VectorFiles(home.resolve("data/graphs"), mirror);
        graphs.give(GRAPH, vectors("given"));
        AdapterFiles adapters = new AdapterFiles(home.resolve("data/adapters"), new Refusing(), left -> {});
        VectorFiles vectors = new VectorFiles(home.resolve("data/graphs"), new Refusing());
        UploadFiles uploads = new UploadFiles(home.resolve("data/uploads"), new Refusing());
        List<String> files = files("data");

        assertThatThrownBy(() -> adapters.keep(adapter("b"))).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> adapters.setAside("a", Set.of("digest"))).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> adapters.remove("a")).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> vectors.give(GRAPH, vectors("other"))).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> vectors.remove(GRAPH)).isInstanceOf(Refusal.StoreUnavailable.class);
        assertThatThrownBy(() -> uploads.stage(new ByteArrayInputStream(new byte[] {4})))
                .isInstanceOf(Refusal.StoreUnavailable.class);

        adapters.sweep();
        assertThat(adapters.kept()).extracting(Kept::id).containsExactly("a");
        assertThat(vectors.given(GRAPH).orElseThrow().source()).isEqualTo("given");
        assertThat(files("data"))
                .filteredOn(file -> !file.endsWith(".unfinished"))
                .isEqualTo(files);
    }

    private static Kept adapter(String id) {
        return new Kept(
                id,
                "encoder",
                "digest",
                List.of(new TaskId("task")),
                Set.of(),
                "lora",
                7,
                Instant.EPOCH,
                "{}",
                new byte[] {1},
                new byte[] {2},
                Optional.empty());
    }

    private static EntityVectors vectors(String source) {
        EntityVectorsBuilder builder = new EntityVectorsBuilder(2);
        builder.add("oslo", new float[] {1, 2});
        return builder.build(source);
    }

    /** As a mirror does whose store is gone. */
    private static final class Refusing implements KeptFiles {
        @Override
        public void keeping(Path name, Path content) {
            throw new Refusal.StoreUnavailable("The store is gone.", 1);
        }

        @Override
        public void removing(Collection<Path> names) {
            throw new Refusal.StoreUnavailable("The store is gone.", 1);
        }
    }
}
