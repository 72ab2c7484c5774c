// SPDX-License-Identifier: Apache-2.0
package dev.perennial.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.shadow.Apprenticeship.Bar;
import dev.perennial.shadow.Apprenticeship.Marks;
import dev.perennial.shadow.ShadowCourse.State;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ApprenticeshipStore} keeps to. */
public abstract class ApprenticeshipStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456Z");

    private ApprenticeshipStore store;

    /** Stores without anything in them, of one service. */
    protected abstract ApprenticeshipStore create();

    protected abstract TaskStore tasks();

    @BeforeEach
    void createStores() {
        store = create();
        for (TaskId id : List.of(MOOD, OTHER)) {
            tasks().define(new Task(
                    id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        }
    }

    private static Apprenticeship begun(TaskId task) {
        return Apprenticeship.begun(task, new Bar(0.9, 30, true), AT);
    }

    @Test
    void put_readsBackEqual_andReplaces() {
        store.put(begun(MOOD));
        store.put(begun(OTHER).counting(new Marks(5, 4, 3)));
        assertThat(store.find(MOOD)).contains(begun(MOOD));
        assertThat(store.running()).containsExactly(begun(MOOD), begun(OTHER).counting(new Marks(5, 4, 3)));

        Apprenticeship other = begun(MOOD).by(new Bar(0.5, 1, false));
        store.put(other);
        assertThat(store.find(MOOD)).contains(other);
        assertThatThrownBy(() -> store.put(begun(new TaskId("none")))).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void keepAndEnd_readBackEqual_andWhatHasEndedStays() {
        store.put(begun(MOOD));
        Apprenticeship counted = begun(MOOD).counting(new Marks(9, 8, 7));
        store.keep(counted);
        assertThat(store.find(MOOD)).contains(counted);

        Apprenticeship promoted = counted.ended(State.PROMOTED, "good enough", AT.plusSeconds(3));
        store.end(promoted);
        store.keep(counted);
        store.end(counted.ended(State.ENDED, "by hand", AT));
        assertThat(store.find(MOOD)).contains(promoted);
        assertThat(store.running()).isEmpty();
    }

    @Test
    void removingTheTask_removesIt() {
        store.put(begun(MOOD));
        tasks().remove(MOOD);

        assertThat(store.find(MOOD)).isEmpty();
        store.keep(begun(MOOD));
        assertThat(store.running()).isEmpty();
    }
}
