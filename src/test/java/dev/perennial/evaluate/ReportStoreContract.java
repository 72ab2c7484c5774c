// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.ReportStore.Kept;
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

/** What every {@link ReportStore} keeps to. */
public abstract class ReportStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final Instant AT = Instant.parse("2026-03-01T10:00:00.123456Z");

    private ReportStore store;
    private TaskStore tasks;

    /** Stores without anything in them, the tasks' being the one that goes with the reports'. */
    protected abstract ReportStore create();

    protected abstract TaskStore tasks();

    @BeforeEach
    void createStores() {
        store = create();
        tasks = tasks();
        for (TaskId id : List.of(MOOD, OTHER)) {
            tasks.define(
                    new Task(id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        }
    }

    private static Kept report(TaskId task, int number) {
        return new Kept("eval_" + number, task, AT.plusSeconds(number), "{\"rows\":" + number + "}");
    }

    @Test
    void keep_readsBackEqual() {
        store.keep(report(MOOD, 1), 9);

        assertThat(store.report(MOOD, "eval_1")).contains(report(MOOD, 1));
        assertThat(store.report(OTHER, "eval_1")).isEmpty();
        assertThat(store.report(MOOD, "eval_2")).isEmpty();
    }

    @Test
    void keep_keepsTheLastOfEachTask() {
        store.keep(report(OTHER, 0), 2);
        for (int number = 1; number <= 4; number++) {
            store.keep(report(MOOD, number), 2);
        }

        assertThat(store.reports(MOOD, "", 9)).containsExactly(report(MOOD, 3), report(MOOD, 4));
        assertThat(store.reports(OTHER, "", 9)).containsExactly(report(OTHER, 0));
    }

    @Test
    void reports_arePagedInTheOrderOfIds() {
        for (int number = 1; number <= 3; number++) {
            store.keep(report(MOOD, number), 9);
        }

        assertThat(store.reports(MOOD, "", 2)).containsExactly(report(MOOD, 1), report(MOOD, 2));
        assertThat(store.reports(MOOD, "eval_2", 2)).containsExactly(report(MOOD, 3));
    }

    /** A job that is begun again makes its report again. */
    @Test
    void keep_ofTheSameIdReplaces() {
        store.keep(report(MOOD, 1), 9);
        Kept again = new Kept("eval_1", MOOD, AT, "{}");

        store.keep(again, 9);

        assertThat(store.reports(MOOD, "", 9)).containsExactly(again);
    }

    @Test
    void removingTheTask_removesItsReports_andNoneIsKeptLater() {
        store.keep(report(MOOD, 1), 9);

        tasks.remove(MOOD);
        store.keep(report(MOOD, 2), 9);

        assertThat(store.reports(MOOD, "", 9)).isEmpty();
    }
}
