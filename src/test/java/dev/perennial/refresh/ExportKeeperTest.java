// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.Exports.Export;
import dev.perennial.refusal.Refusal;
import dev.perennial.store.ExportFiles;
import dev.perennial.store.SqlAuditLog;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No export outlives its time, nor anything that it holds. */
final class ExportKeeperTest {
    private static final TaskId CARDS = new TaskId("cards");
    private static final TaskId MOODS = new TaskId("moods");
    private static final Duration RETENTION = Duration.ofHours(2);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));

    @TempDir
    private Path directory;

    private Path exports;
    private SqliteDatabase database;
    private SqlTaskStore store;
    private ExportKeeper keeper;
    private int numbers;

    @BeforeEach
    void open() throws IOException {
        exports = Files.createDirectories(directory.resolve("exports"));
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlTaskStore(database, now::get);
        for (TaskId id : List.of(CARDS, MOODS)) {
            store.define(
                    new Task(id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        }
        keeper = keeper();
        keeper.open();
    }

    @AfterEach
    void close() {
        keeper.close();
        database.close();
    }

    private ExportKeeper keeper() {
        return new ExportKeeper(
                new ExportKeeper.Ports(
                        new ExportFiles(exports), new SqlAuditLog(database), now::get, () -> "exp_" + ++numbers),
                new ExportKeeper.Bounds(RETENTION, 3));
    }

    @Test
    void file_isKeptForItsOwnerAlone() throws IOException {
        Export export = make(CARDS).orElseThrow();

        assertThat(keeper.find(export.id())).isEqualTo(export);
        assertThat(keeper.size(export)).isEqualTo(4);
        try (InputStream file = keeper.open(export)) {
            assertThat(new String(file.readAllBytes(), UTF_8)).isEqualTo("text");
        }
        try (Stream<Path> files = Files.list(exports)) {
            assertThat(files.toList())
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void file_isGoneWhenItsTimeIsOver() {
        Export export = make(CARDS).orElseThrow();
        now.updateAndGet(then -> then.plus(RETENTION).minusSeconds(1));
        assertThat(keeper.all()).containsExactly(export);

        now.updateAndGet(then -> then.plusSeconds(1));

        assertThatThrownBy(() -> keeper.find(export.id())).isInstanceOf(Refusal.NotFound.class);
        assertThat(keeper.all()).isEmpty();
        assertThat(exports).isEmptyDirectory();
    }

    @Test
    void forgetting_removesEveryFileOfTheTask_andNoOther() {
        String example = teach(CARDS, "one");
        make(CARDS, MOODS);
        Export other = make(MOODS).orElseThrow();
        teach(CARDS, "two");
        assertThat(keeper.all()).hasSize(2);

        store.forget(CARDS, example);
        keeper.erased(CARDS);

        assertThat(keeper.all()).containsExactly(other);
        assertThat(exports.toFile().list()).hasSize(2);
    }

    @Test
    void whatACrashHasLeft_isGoneWithTheNextStart_andNeverServed() throws IOException {
        String example = teach(CARDS, "one");
        Export stale = make(CARDS).orElseThrow();
        Export kept = make(MOODS).orElseThrow();
        Files.writeString(exports.resolve("exp_9.part"), "half");
        Files.writeString(exports.resolve("exp_8.about"), "half");
        // The process ends between the erasure and the removal of the file.
        store.forget(CARDS, example);

        ExportKeeper next = keeper();
        assertThatThrownBy(() -> next.find(stale.id())).isInstanceOf(Refusal.NotFound.class);
        next.open();
        next.close();

        assertThat(exports.toFile().list()).containsExactlyInAnyOrder(kept.id() + ".zip", kept.id() + ".about");
    }

    @Test
    void removalOfATaskWithoutExamples_reachesItsFilesToo() {
        make(CARDS);
        store.remove(CARDS);
        assertThat(keeper.all()).isEmpty();
    }

    @Test
    void whatIsErasedWhileAFileIsWritten_isInNoFile() {
        String example = teach(CARDS, "one");

        Optional<Export> made = keeper.make(List.of(CARDS), out -> {
            out.write("text".getBytes(UTF_8));
            store.forget(CARDS, example);
            keeper.erased(CARDS);
        });

        assertThat(made).isEmpty();
        assertThat(exports).isEmptyDirectory();
    }

    @Test
    void whatCannotBeWritten_leavesNothing() {
        assertThatThrownBy(() -> keeper.make(List.of(CARDS), out -> {
                    out.write(1);
                    throw new Refusal.TooLarge("import_bytes", 1, 2);
                }))
                .isInstanceOf(Refusal.TooLarge.class);
        assertThat(exports).isEmptyDirectory();
    }

    @Test
    void moreFilesThanMayBeKept_areRefused() {
        for (int i = 0; i < 3; i++) {
            make(CARDS);
        }
        assertThatThrownBy(() -> make(CARDS)).isInstanceOf(Refusal.Conflict.class);
        keeper.remove("exp_1");
        assertThat(make(CARDS)).isPresent();
    }

    @Test
    void idsThatAreNone_areNotFound() {
        for (String id : List.of("exp_99", "../perennial", "exp_../x", "")) {
            assertThatThrownBy(() -> keeper.find(id)).isInstanceOf(Refusal.NotFound.class);
        }
    }

    private Optional<Export> make(TaskId... tasks) {
        return keeper.make(List.of(tasks), out -> out.write("text".getBytes(UTF_8)));
    }

    private String teach(TaskId task, String text) {
        Teaching teaching = Teaching.of(Input.of(new Text(text)), new Answer.OneLabel("label"));
        return store.teach(
                        task,
                        List.of(new EncodedTeaching(teaching, Map.of())),
                        Optional.empty(),
                        outcome -> new Idempotency.Reply(200, "{}"))
                .rows()
                .get(0)
                .exampleId();
    }
}
