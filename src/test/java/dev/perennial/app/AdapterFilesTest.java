// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refresh.AdapterShelf.Kept;
import dev.perennial.refresh.KeptFiles;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.ContentKey;
import dev.perennial.task.TaskId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdapterFilesTest {
    private static final TaskId TASK = new TaskId("task");
    private static final ContentKey LEARNT = ContentKey.ofText("learnt");

    @TempDir
    private Path directory;

    private final List<List<String>> retained = new ArrayList<>();

    private AdapterFiles files() {
        return new AdapterFiles(
                directory,
                KeptFiles.NONE,
                adapters -> retained.add(
                        adapters.stream().map(each -> new String(each, UTF_8)).toList()));
    }

    private static Kept kept(String id, long second) {
        return new Kept(
                id,
                "encoder",
                "digest",
                List.of(TASK, new TaskId("other")),
                Set.of(LEARNT.hex(), "more"),
                "lora",
                7,
                Instant.ofEpochSecond(second),
                "{\"reason\":\"good\"}",
                ("adapter " + id).getBytes(UTF_8),
                ("information " + id).getBytes(UTF_8),
                Optional.of("line-merge"));
    }

    @Test
    void whatIsKept_isFoundByTheNextStart_oldestFirst() {
        files().keep(kept("later", 2));
        files().keep(kept("sooner", 1));

        List<Kept> found = files().kept();

        assertThat(found).extracting(Kept::id).containsExactly("sooner", "later");
        assertThat(found.get(0)).usingRecursiveComparison().isEqualTo(kept("sooner", 1));
    }

    @Test
    void fileOfAnEarlierRelease_isFound_andCannotGoOn() throws Exception {
        Files.writeString(directory.resolve("old.adapter"), """
                {"id": "old", "member": "encoder", "base": "digest", "tasks": ["task"], "learntFrom": ["more"],
                 "strategy": "lora", "parameters": 7, "createdAt": "2026-01-01T00:00:00Z", "report": "{}",
                 "adapter": "YQ=="}
                """);

        assertThat(files().kept()).singleElement().satisfies(found -> {
            assertThat(found.adapter()).isEqualTo("a".getBytes(UTF_8));
            assertThat(found.information()).isEmpty();
            assertThat(found.merge()).isEmpty();
        });
    }

    @Test
    void whatIsRemoved_isGone_andWhatWasDerivedFromItToo() {
        AdapterFiles files = files();
        files.keep(kept("one", 1));
        files.keep(kept("two", 2));

        files.remove("one");
        files.remove("nothing");

        assertThat(files.kept()).extracting(Kept::id).containsExactly("two");
        assertThat(retained).last().isEqualTo(List.of("adapter two"));
    }

    @Test
    void damagedFile_keepsNoOtherFromBeingFound() throws Exception {
        files().keep(kept("good", 1));
        Files.writeString(directory.resolve("bad.adapter"), "{\"id\": \"bad\"");
        Files.writeString(directory.resolve("empty.adapter"), "{}");

        assertThat(files().kept()).extracting(Kept::id).containsExactly("good");
    }

    /** A bit of Base64 that is another one makes an adapter all the same, of other weights. */
    @Test
    void fileThatIsChangedAnywhere_isNotServed() throws Exception {
        files().keep(kept("good", 1));
        Path file = directory.resolve("good.adapter");
        byte[] whole = Files.readAllBytes(file);
        for (int position = 0; position < whole.length; position++) {
            byte[] changed = whole.clone();
            changed[position] ^= 1;
            Files.write(file, changed);
            assertThat(files().kept()).as("byte %d", position).isEmpty();
            Files.write(file, Arrays.copyOf(whole, position));
            assertThat(files().kept()).as("cut at byte %d", position).isEmpty();
        }
        Files.write(file, whole);
        assertThat(files().kept()).hasSize(1);
    }

    @Test
    void damagedFile_goesWithWhatIsErasedOfItsTask_andOneThatCannotSayWhichWithAny() throws Exception {
        files().keep(kept("one", 1));
        Path file = directory.resolve("one.adapter");
        String whole = Files.readString(file);
        Optional<Set<ContentKey>> erased = Optional.of(Set.of(ContentKey.ofText("other")));
        Files.writeString(file, whole.replaceFirst("\"strategy\":\"", "\"strategy\":\"not "));
        assertThat(files().adaptedTo(TASK, erased)).containsExactly("one");
        assertThat(files().adaptedTo(new TaskId("stranger"), erased)).isEmpty();

        Files.writeString(file, whole.substring(1));
        AdapterFiles files = files();
        assertThat(files.adaptedTo(new TaskId("stranger"), erased)).containsExactly("one");
        files.remove("one");
        assertThat(file).doesNotExist();
    }

    @Test
    void fileThatCannotBeReadNow_isNotTakenForDamaged() throws Exception {
        Files.createDirectory(directory.resolve("unreadable.adapter"));

        assertThatThrownBy(() -> files().adaptedTo(TASK, Optional.of(Set.of(LEARNT))))
                .isInstanceOf(Refusal.StoreUnavailable.class);
    }

    @Test
    void whatWasCutOff_isSwept() throws Exception {
        Path cut = directory.resolve("cut.part");
        Files.writeString(cut, "{\"id\"");
        files().keep(kept("good", 1));

        files().sweep();

        assertThat(cut).doesNotExist();
        assertThat(retained).last().isEqualTo(List.of("adapter good"));
    }

    @Test
    void whatIsSetAside_servesNoMore_andIsFoundByItsDigests_overAStartToo() {
        AdapterFiles files = files();
        files.keep(kept("one", 1));
        files.keep(kept("two", 2));
        assertThat(files.isPast("whole")).isFalse();

        files.setAside("one", Set.of("whole", "rounded"));
        files.setAside("nothing", Set.of("none"));

        AdapterFiles later = files();
        later.sweep();
        for (AdapterFiles each : List.of(files, later)) {
            assertThat(each.kept()).extracting(Kept::id).containsExactly("two");
            assertThat(each.past()).singleElement().satisfies(past -> {
                assertThat(past.digests()).containsExactlyInAnyOrder("whole", "rounded");
                assertThat(past.kept()).usingRecursiveComparison().isEqualTo(kept("one", 1));
            });
            assertThat(each.isPast("rounded")).isTrue();
            assertThat(each.isPast("none")).isFalse();
            assertThat(each.adaptedTo(TASK, Optional.of(Set.of(LEARNT)))).containsExactlyInAnyOrder("one", "two");
        }
        assertThat(retained).last().isEqualTo(List.of("adapter two", "adapter one"));
    }

    @Test
    void whatIsSetAside_goesWithTheLastRevisionThatItAnswered_orByItsId() {
        AdapterFiles files = files();
        files.keep(kept("one", 1));
        files.keep(kept("two", 2));
        files.keep(kept("three", 3));
        files.setAside("one", Set.of("first"));
        files.setAside("two", Set.of("second"));

        files.retainPast(task -> task.equals(TASK) ? Set.of("second") : Set.of());
        assertThat(files.past()).extracting(past -> past.kept().id()).containsExactly("two");
        assertThat(files.isPast("first")).isFalse();
        files.remove("two");

        assertThat(files.past()).isEmpty();
        assertThat(files.isPast("second")).isFalse();
        assertThat(files.kept()).extracting(Kept::id).containsExactly("three");
    }

    @Test
    void whatLearntFromAnInput_isNamed() {
        AdapterFiles files = files();
        files.keep(kept("one", 1));

        assertThat(files.adaptedTo(TASK, Optional.of(Set.of(LEARNT)))).containsExactly("one");
        assertThat(files.adaptedTo(TASK, Optional.empty())).containsExactly("one");
        assertThat(files.adaptedTo(TASK, Optional.of(Set.of(ContentKey.ofText("other")))))
                .isEmpty();
        assertThat(files.adaptedTo(new TaskId("stranger"), Optional.empty())).isEmpty();
    }
}
