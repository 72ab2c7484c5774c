// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.SuiteAccuracyStore.Asked;
import dev.perennial.evaluate.SuiteAccuracyStore.Step;
import dev.perennial.evaluate.SuiteAccuracyStore.Stored;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SuiteAccuracyStore} keeps to. */
public abstract class SuiteAccuracyStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final TaskId BARE = new TaskId("bare");
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456Z");

    private SuiteAccuracyStore store;
    private String suite;

    /** Stores without anything in them, all of one service. */
    protected abstract SuiteAccuracyStore create();

    protected abstract TaskStore tasks();

    protected abstract SuiteStore suites();

    @BeforeEach
    void createStores() {
        store = create();
        for (TaskId id : List.of(MOOD, OTHER, BARE)) {
            tasks().define(new Task(
                    id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        }
        suite = suites().put(MOOD, List.of(teaching("what a day", "good")))
                .suite()
                .digest();
        suites().put(OTHER, List.of(teaching("what a day", "good")));
    }

    private Asked asked(TaskId task, long revision, long examples) {
        return new Asked(task, new RevisionId(revision), suite, 1, examples, 1.0 / revision, AT.plusSeconds(revision));
    }

    private List<Asked> latest(int limit, TaskId... tasks) {
        return store.latest(List.of(tasks), limit).stream().map(Step::asked).toList();
    }

    @Test
    void keep_readsBackEqual_inOrderOfKeeping() {
        assertThat(store.keep(asked(MOOD, 9, 4), 9)).isTrue();
        store.keep(asked(OTHER, 8, 0), 9);
        store.keep(asked(MOOD, 3, 5), 9);

        assertThat(latest(9, MOOD, OTHER, BARE))
                .containsExactly(asked(MOOD, 9, 4), asked(OTHER, 8, 0), asked(MOOD, 3, 5));
        assertThat(latest(9, MOOD)).containsExactly(asked(MOOD, 9, 4), asked(MOOD, 3, 5));
        assertThat(latest(2, MOOD, OTHER)).containsExactly(asked(OTHER, 8, 0), asked(MOOD, 3, 5));
        assertThat(store.latest(List.of(MOOD, OTHER), 9))
                .extracting(Step::number)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(store.latest(List.of(), 9)).isEmpty();
    }

    @Test
    void keep_keepsTheLastOfEachTask_andNumbersAreNotGivenAgain() {
        store.keep(asked(OTHER, 1, 0), 2);
        for (int revision = 2; revision <= 5; revision++) {
            store.keep(asked(MOOD, revision, 0), 2);
        }
        long last = store.latest(List.of(MOOD), 1).get(0).number();

        assertThat(latest(9, MOOD, OTHER))
                .extracting(each -> each.revision().number())
                .containsExactly(1L, 4L, 5L);

        suites().remove(MOOD);
        suites().put(MOOD, List.of(teaching("what a day", "good")));
        store.keep(asked(MOOD, 6, 0), 2);
        assertThat(store.latest(List.of(MOOD), 9))
                .singleElement()
                .satisfies(step -> assertThat(step.number()).isGreaterThan(last));
    }

    @Test
    void suites_areAllThatAreStored_withTheirLastStep() {
        store.keep(asked(MOOD, 3, 0), 9);
        store.keep(asked(MOOD, 5, 0), 9);
        Step last = store.latest(List.of(MOOD), 1).get(0);

        assertThat(store.suites())
                .containsExactly(
                        new Stored(MOOD, suite, Optional.of(last)), new Stored(OTHER, suite, Optional.empty()));
    }

    @Test
    void past_isOfOneTask() {
        store.keep(asked(OTHER, 1, 7), 9);
        store.keep(asked(MOOD, 2, 0), 9);
        store.keep(asked(MOOD, 3, 4), 9);
        store.keep(asked(MOOD, 4, 5), 9);
        List<Step> steps = store.latest(List.of(MOOD), 9);

        assertThat(store.past(MOOD, steps.get(2).number()))
                .isEqualTo(new SuiteAccuracyStore.Past(
                        Optional.of(steps.get(0)), Optional.of(steps.get(1)), Optional.of(steps.get(1))));
        assertThat(store.past(MOOD, steps.get(0).number()).before()).isEmpty();
        assertThat(store.past(BARE, 9))
                .isEqualTo(new SuiteAccuracyStore.Past(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Test
    void anotherSuite_takesWhatWasKeptAway_andNothingOfTheFormerIsKeptLater() {
        store.keep(asked(MOOD, 2, 0), 9);
        store.keep(asked(OTHER, 2, 0), 9);

        suites().put(MOOD, List.of(teaching("what a day", "good"), teaching("oh no", "bad")));

        assertThat(store.keep(asked(MOOD, 3, 0), 9)).isFalse();
        assertThat(latest(9, MOOD, OTHER)).containsExactly(asked(OTHER, 2, 0));
    }

    @Test
    void theSameSuiteAgain_takesNothingAway() {
        store.keep(asked(MOOD, 2, 0), 9);

        suites().put(MOOD, List.of(teaching("what a day", "good")));

        assertThat(latest(9, MOOD)).containsExactly(asked(MOOD, 2, 0));
    }

    @Test
    void removingTheSuiteOrTheTask_takesWhatWasKeptAway() {
        store.keep(asked(MOOD, 2, 0), 9);
        store.keep(asked(OTHER, 2, 0), 9);

        suites().remove(MOOD);
        tasks().remove(OTHER);

        assertThat(store.keep(asked(OTHER, 3, 0), 9)).isFalse();
        assertThat(latest(9, MOOD, OTHER)).isEmpty();
        assertThat(store.suites()).isEmpty();
    }
}
