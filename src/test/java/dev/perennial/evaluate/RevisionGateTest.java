// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.learn.School;
import dev.perennial.learn.TaskRevisions;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gate lets pass serves in the place of what it was compared with, and of nothing else. */
final class RevisionGateTest {
    @TempDir
    private Path directory;

    private final School school = School.open(School.SMALL);
    private final AtomicInteger taught = new AtomicInteger();
    private SchoolGate gate;
    private RevisionGate judging;

    @BeforeEach
    void teach() {
        gate = SchoolGate.open(directory, school);
        judging = new RevisionGate(gate.keeper(), school.teacher(), school.active());
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(rows(0, 20));
        gate.suite(School.TASK, rows(100, 104));
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

    private RevisionId staged(List<Teaching> teachings) {
        return school.teacher().stage(School.TASK, teachings, false).revision();
    }

    private void teachMore() {
        int next = 1_000 + 2 * taught.getAndIncrement();
        school.teach(rows(next, next + 2));
    }

    private RevisionGate.Decided<TaskRevisions.Promoted> promote(RevisionId candidate) {
        return judging.promote(
                "revision",
                School.TASK,
                candidate,
                () -> school.teacher().revisions().promote(School.TASK, candidate, false));
    }

    @Test
    void teachingThatComesInBetween_isJudgedAgain() {
        RevisionId candidate = staged(rows(20, 30));
        RevisionId before = school.ensemble().answerRevision();
        gate.meanwhile(() -> {
            gate.meanwhile(() -> {});
            teachMore();
        });

        RevisionGate.Decided<TaskRevisions.Promoted> decided = promote(candidate);

        assertThat(decided.report().id()).isEqualTo("gate_2");
        assertThat(decided.report().serving()).isNotEqualTo(before);
        assertThat(school.ensemble().answerRevision()).isEqualTo(candidate);
    }

    @Test
    void taskThatIsTaughtEachTime_isLeftAsItIs() {
        RevisionId candidate = staged(rows(20, 30));
        gate.meanwhile(this::teachMore);

        assertThatThrownBy(() -> promote(candidate))
                .isInstanceOf(Refusal.InProgress.class)
                .hasMessageContaining("try again");

        assertThat(taught.get()).isEqualTo(2);
        assertThat(school.ensemble().answerRevision()).isNotEqualTo(candidate);
        assertThat(school.store().examples(School.TASK)).hasSize(24);
    }

    @Test
    void whatTheGateRefuses_isNotPromoted() {
        RevisionId candidate = staged(IntStream.range(0, 20)
                .mapToObj(
                        i -> School.teaching(i % 2 == 0 ? "lost card " + i : "new account " + i, "label" + (1 - i % 2)))
                .toList());
        RevisionId before = school.ensemble().answerRevision();

        assertThat(promote(candidate).promotion()).isEmpty();

        assertThat(school.ensemble().answerRevision()).isEqualTo(before);
    }

    @Test
    void taskWithoutSuite_isNotJudged() {
        RevisionId serving = school.ensemble().answerRevision();
        gate.removeSuite(School.TASK);

        assertThatThrownBy(() -> judging.judge("revision", School.TASK, serving))
                .isInstanceOf(Refusal.NotFound.class);
    }
}
