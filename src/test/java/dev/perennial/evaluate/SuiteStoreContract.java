// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SuiteStore} keeps to. */
public abstract class SuiteStoreContract {
    protected static final TaskId MOOD = new TaskId("mood");
    private static final List<Teaching> ROWS =
            List.of(row("what a day", "good"), row("oh no", "bad"), row("lovely", "good"));

    private SuiteStore store;
    private TaskStore tasks;

    /** Stores without anything in them, the tasks' being the one that goes with the suites'. */
    protected abstract SuiteStore create();

    protected abstract TaskStore tasks();

    @BeforeEach
    void createStores() {
        store = create();
        tasks = tasks();
        tasks.define(
                new Task(MOOD, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
    }

    protected static Teaching row(String text, String label) {
        return Teaching.of(Input.of(new Text(text)), new Answer.OneLabel(label));
    }

    @Test
    void aTaskHasNoSuiteAtFirst() {
        assertThat(store.suite(MOOD)).isEmpty();
        assertThat(store.rows(MOOD, 0, 10)).isEmpty();
        assertThat(store.remove(MOOD)).isEmpty();
    }

    @Test
    void put_storesRowsThatReadBackEqualInOrder() {
        Teaching full = new Teaching(
                Input.of(new Text("first ü"), new Text("second 🙂")),
                new Answer.Labels(List.of("b", "a")),
                Optional.of("row 1"),
                2.5);
        List<Teaching> rows = List.of(full, Teaching.of(full.input(), new Answer.Score(0.25)), ROWS.get(0));

        SuiteStore.Placed placed = store.put(MOOD, rows);

        assertThat(placed.created()).isTrue();
        assertThat(placed.suite().rows()).isEqualTo(3);
        assertThat(placed.suite().labels()).containsExactly("a", "b", "good");
        assertThat(placed.suite().revision().number()).isEqualTo(tasks.latestRevision());
        assertThat(store.suite(MOOD)).contains(placed.suite());
        assertThat(store.rows(MOOD, 0, 10)).extracting(Suite.Row::teaching).containsExactlyElementsOf(rows);
    }

    @Test
    void rows_arePagedByPosition() {
        store.put(MOOD, ROWS);

        assertThat(store.rows(MOOD, 1, 1)).containsExactly(new Suite.Row(1, ROWS.get(1)));
        assertThat(store.rows(MOOD, 2, 9)).containsExactly(new Suite.Row(2, ROWS.get(2)));
        assertThat(store.rows(MOOD, 3, 9)).isEmpty();
    }

    @Test
    void put_replacesTheFormer_andTheSameIsNoChange() {
        SuiteStore.Placed first = store.put(MOOD, ROWS);
        SuiteStore.Placed again = store.put(MOOD, ROWS);
        SuiteStore.Placed other = store.put(MOOD, ROWS.subList(1, 3));

        assertThat(again).isEqualTo(new SuiteStore.Placed(first.suite(), false));
        assertThat(other.created()).isFalse();
        assertThat(other.suite().digest()).isNotEqualTo(first.suite().digest());
        assertThat(other.suite().revision()).isGreaterThan(first.suite().revision());
        assertThat(store.rows(MOOD, 0, 9))
                .containsExactly(new Suite.Row(0, ROWS.get(1)), new Suite.Row(1, ROWS.get(2)));
    }

    @Test
    void digest_isOfRowsAnswersAndOrder() {
        String digest = Suite.digest(ROWS);

        assertThat(Suite.digest(List.of(ROWS.get(1), ROWS.get(0), ROWS.get(2)))).isNotEqualTo(digest);
        assertThat(Suite.digest(List.of(ROWS.get(0), ROWS.get(1), row("lovely", "bad"))))
                .isNotEqualTo(digest);
        assertThat(Suite.digest(List.copyOf(ROWS))).isEqualTo(digest);
    }

    @Test
    void put_toATaskThatIsNotThere_isRefused() {
        assertThatThrownBy(() -> store.put(new TaskId("none"), ROWS)).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void remove_takesTheSuiteAway() {
        store.put(MOOD, ROWS);

        assertThat(store.remove(MOOD))
                .hasValueSatisfying(revision -> assertThat(revision.number()).isEqualTo(tasks.latestRevision()));
        assertThat(store.suite(MOOD)).isEmpty();
        assertThat(store.rows(MOOD, 0, 9)).isEmpty();
    }

    @Test
    void removingTheTask_removesItsSuite() {
        store.put(MOOD, ROWS);

        tasks.remove(MOOD);

        assertThat(store.suite(MOOD)).isEmpty();
        assertThat(store.rows(MOOD, 0, 9)).isEmpty();
    }
}
