// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.evaluate.SchoolGate;
import dev.perennial.learn.Rehearsal;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that cannot be judged keeps no other from what was learnt, unless what was learnt has made it so. */
final class JobGateTest {
    private static final TaskId ILL = new TaskId("ill");
    private static final Job JOB =
            RunningJob.of("job_1", RefreshJob.KIND, "static", Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    private Path directory;

    private final School school = School.open(School.SMALL);
    private SchoolGate gate;
    private Rehearsal before;
    private Rehearsal after;

    @BeforeEach
    void teach() {
        gate = SchoolGate.open(directory, school);
        Task plain = School.task(Kind.CLASSIFICATION, InputKind.TEXT);
        school.teacher().define(plain);
        school.teacher()
                .define(new Task(
                        ILL, plain.kind(), plain.input(), "", plain.labels(), plain.scoreRange(), plain.policy()));
        school.teach(rows(0, 20));
        before = new Rehearsal(school.ensemble(), latest -> List.of());
        school.teach(rows(20, 30));
        after = new Rehearsal(school.ensemble(), latest -> List.of());
        gate.suite(School.TASK, rows(100, 120));
    }

    @AfterEach
    void close() {
        school.close();
        gate.close();
    }

    private static List<Teaching> rows(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> School.teaching(i % 2 == 0 ? "lost card " + i : "new account " + i, "label" + i % 2))
                .toList();
    }

    private JobGate.Ruling ruling(Function<TaskId, Rehearsal> serving) {
        return new JobGate(gate.keeper(), serving).of(JOB);
    }

    private static String said(JobGate.Ruling ruling) {
        return ruling.putTo(new JsonText()).toString();
    }

    @Test
    void taskThatIsNotAnswered_isLeftOut_andTheOthersAreJudged() {
        gate.suite(ILL, rows(100, 120));
        JobGate.Ruling ruling = ruling(task -> {
            if (task.equals(ILL)) {
                throw new Refusal.NotReady("This task could not be learnt.", 1);
            }
            return before;
        });

        boolean admitted = ruling.admits(Set.of(School.TASK, ILL), task -> {
            if (task.equals(ILL)) {
                throw new IllegalStateException("cannot be learnt");
            }
            return Optional.of(after);
        });

        assertThat(admitted).isTrue();
        assertThat(said(ruling))
                .isEqualTo("{\"gates\":[{\"task\":\"ill\",\"gate\":null,\"passed\":null,"
                        + "\"reason\":\"Task ill is not answered now, whatever serves.\"},"
                        + "{\"task\":\"task\",\"gate\":\"gate_1\",\"passed\":true}]}");
    }

    @Test
    void suiteThatNobodyCanBeAsked_isLeftOut() {
        gate.suite(
                School.TASK,
                List.of(new Teaching(Input.of(new Text("a card")), new Answer.Score(1), Optional.empty(), 1)));
        JobGate.Ruling ruling = ruling(task -> before);

        assertThat(ruling.admits(Set.of(School.TASK), task -> Optional.of(after)))
                .isTrue();
        assertThat(said(ruling)).contains("\"passed\":null", "neither with it nor without");
    }

    @Test
    void taskThatCannotBeLearntWithWhatWasLearnt_keepsItFromServing_andTheJobFromFailing() {
        JobGate.Ruling ruling = ruling(task -> before);

        boolean admitted = ruling.admits(Set.of(School.TASK), task -> {
            throw new IllegalStateException("cannot be learnt with it");
        });

        assertThat(admitted).isFalse();
        assertThat(ruling.objection().orElseThrow()).contains("Task task cannot be learnt or answered with it");
        assertThat(said(ruling)).contains("\"gate\":null,\"passed\":false");
    }

    /** A service that stops judges nothing; what was not judged does not serve. */
    @Test
    void endOfTheService_failsTheJob() {
        JobGate.Ruling ruling = ruling(task -> before);

        assertThatThrownBy(() -> ruling.admits(Set.of(School.TASK), task -> {
                    throw new Refusal.NotReady("The service is stopping.", 1);
                }))
                .isInstanceOf(Refusal.NotReady.class);
    }

    @Test
    void whatIsNoTasksFault_failsTheJob() {
        JobGate.Ruling ruling = ruling(task -> before);

        assertThatThrownBy(() -> ruling.admits(Set.of(School.TASK), task -> {
                    throw new Refusal.StoreUnavailable("The disk is full.", 1);
                }))
                .isInstanceOf(Refusal.StoreUnavailable.class);
    }
}
