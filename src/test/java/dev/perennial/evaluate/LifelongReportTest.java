// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perennial.evaluate.AccuracyMatrix.Column;
import dev.perennial.learn.School;
import dev.perennial.store.SqlSuiteAccuracyStore;
import dev.perennial.store.SqlSuiteStore;
import dev.perennial.store.SqlTaskStore;
import dev.perennial.store.SqliteDatabase;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LifelongReportTest {
    private static final Offset<Double> CLOSE = within(1e-12);
    private static final TaskId A = new TaskId("a");
    private static final TaskId B = new TaskId("b");

    @TempDir
    private Path directory;

    private SqliteDatabase database;
    private SuiteAccuracyStore store;
    private String suite;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(directory.resolve("perennial.db"));
        store = new SqlSuiteAccuracyStore(database);
        for (TaskId id : List.of(A, B)) {
            new SqlTaskStore(database, InstantSource.system())
                    .define(new Task(
                            id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
            suite = new SqlSuiteStore(database, InstantSource.system())
                    .put(id, List.of(School.teaching("one", "x")))
                    .suite()
                    .digest();
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void step(TaskId task, long examples, double accuracy) {
        store.keep(
                new SuiteAccuracyStore.Asked(task, new RevisionId(1), suite, 1, examples, accuracy, Instant.EPOCH), 99);
    }

    private static List<Double> accuracies(LifelongReport report, int column) {
        Column one = report.matrix().columns().get(column);
        List<Double> accuracies = new ArrayList<>();
        one.accuracies().forEach(each -> accuracies.add(each.isPresent() ? each.getAsDouble() : null));
        return accuracies;
    }

    @Test
    void nothingRecorded_hasNoRow() {
        LifelongReport report = LifelongReport.of(store, List.of(A, B), 9);

        assertThat(report.steps()).isEmpty();
        assertThat(report.matrix().columns()).isEmpty();
        assertThat(report.measures().averageAccuracy()).isEmpty();
    }

    /** B is asked untaught twice, between which A is learnt; every figure can be worked out by hand. */
    @Test
    void measures_areOfTheMatrixCarriedForward() {
        step(B, 0, 0.2);
        step(A, 3, 0.8);
        step(B, 0, 0.3);
        step(B, 5, 0.9);
        step(A, 4, 0.6);

        LifelongReport report = LifelongReport.of(store, List.of(A, B), 9);

        assertThat(report.matrix().columns()).extracting(Column::task).containsExactly("a", "b");
        assertThat(report.matrix().columns()).extracting(Column::learntAt).containsExactly(1, 3);
        assertThat(accuracies(report, 0)).containsExactly(null, 0.8, 0.8, 0.8, 0.6);
        assertThat(accuracies(report, 1)).containsExactly(0.2, 0.2, 0.3, 0.9, 0.9);
        LifelongMeasures measures = report.measures();
        assertThat(measures.averageAccuracy()).hasValueCloseTo(0.75, CLOSE);
        assertThat(measures.forgetting()).hasValueCloseTo(0.1, CLOSE); // (.8 - .6 + .9 - .9) / 2
        assertThat(measures.newAccuracy()).hasValueCloseTo(0.85, CLOSE);
        assertThat(measures.backwardTransfer()).hasValueCloseTo(-0.1, CLOSE);
        assertThat(measures.forwardTransfer()).hasValueCloseTo(0.1, CLOSE); // .3 - .2, of b alone
    }

    @Test
    void earlierSteps_areTheBeginningOfTheLatest() {
        step(B, 0, 0.1);
        step(A, 3, 0.8);
        step(A, 4, 0.9);
        step(B, 2, 0.5);
        step(B, 3, 0.7);

        LifelongReport report = LifelongReport.of(store, List.of(A, B), 2);

        assertThat(report.steps()).hasSize(2);
        assertThat(report.matrix().columns()).extracting(Column::task).containsExactly("a", "b");
        assertThat(accuracies(report, 0)).containsExactly(0.9, 0.9);
        assertThat(accuracies(report, 1)).containsExactly(0.5, 0.7);
        assertThat(report.matrix().columns()).extracting(Column::learntAt).containsOnly(0);
    }

    @Test
    void columns_areOnlyTheTasksThatWereNamed() {
        step(A, 3, 0.8);
        step(B, 2, 0.5);

        LifelongReport report = LifelongReport.of(store, List.of(B), 9);

        assertThat(report.steps()).extracting(each -> each.asked().task()).containsExactly(B);
        assertThat(report.matrix().columns()).extracting(Column::task).containsExactly("b");
    }
}
