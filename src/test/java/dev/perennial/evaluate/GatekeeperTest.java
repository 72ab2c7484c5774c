// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static dev.perennial.learn.School.TASK;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.learn.Rehearsal;
import dev.perennial.learn.School;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides answer the same rows by the same vectors, and what came of it is kept. */
final class GatekeeperTest {
    @TempDir
    private Path directory;

    private final FakeEncoder encoder = new FakeEncoder("a");
    private final School school = School.open(School.SMALL, List.of(encoder));
    private SchoolGate gate;

    @BeforeEach
    void open() {
        gate = SchoolGate.open(directory, school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather"));
        school.teach(examples(0, 20, false));
    }

    @AfterEach
    void close() {
        school.close();
        gate.close();
    }

    /** @param wrong whether each has the label of the other */
    private static List<Teaching> examples(int from, int to, boolean wrong) {
        return IntStream.range(from, to)
                .mapToObj(i -> i % 2 == 0 != wrong
                        ? teaching("my card is lost " + i, i % 2 == 0 ? "card" : "weather")
                        : teaching("the rain falls " + i, i % 2 == 0 ? "card" : "weather"))
                .toList();
    }

    private List<Teaching> suite() {
        return examples(100, 140, false);
    }

    private Candidacy candidacy(List<Teaching> more) {
        RevisionId staged = school.teacher().stage(TASK, more, false).revision();
        Rehearsal serving = school.teacher().insight().serving(TASK);
        return new Candidacy(
                "revision",
                staged.toString(),
                new Paired<>(serving, school.teacher().rehearsal(TASK, staged)));
    }

    @Test
    void withoutSuite_nothingIsAsked() {
        assertThat(gate.keeper().judge(candidacy(examples(20, 30, false)))).isEmpty();
        assertThat(gate.keeper().isAsked(TASK)).isFalse();
    }

    @Test
    void goodCandidate_passes_andAWrongOneDoesNot_andBothAreKept() {
        gate.suite(TASK, suite());

        GateReport good =
                gate.keeper().judge(candidacy(examples(20, 30, false))).orElseThrow();
        GateReport wrong =
                gate.keeper().judge(candidacy(examples(20, 90, true))).orElseThrow();

        assertThat(good.verdict().passed())
                .as(good.verdict().objections().toString())
                .isTrue();
        assertThat(wrong.verdict().passed()).isFalse();
        assertThat(gate.keeper().reports().reports(TASK, "", 9))
                .extracting(ReportStore.Kept::report)
                .containsExactly(good.id() + " true", wrong.id() + " false");
    }

    @Test
    void everyRow_isReadOnceByWhatBothHave() {
        gate.suite(TASK, suite());
        Candidacy candidacy = candidacy(examples(20, 30, false));
        gate.keeper().bounds().setBounds(TASK, new GateBounds(Map.of(GateBound.RECENT_ROWS, 0.0)));
        long before = encoder.encoded();

        Paired<List<RowOutcome>> outcomes =
                SharedAnswers.of(school.predictor(), candidacy.sides().map(Rehearsal::ensemble), suite());

        assertThat(encoder.encoded() - before).isEqualTo(suite().size());
        assertThat(outcomes.serving()).hasSize(40);
        assertThat(outcomes.candidate()).hasSize(40);
    }

    @Test
    void recentAnswers_areThoseOfWhoNeverSawTheExample() {
        Candidacy candidacy = candidacy(examples(20, 30, true));

        Paired<double[]> recent = RecentAnswers.of(candidacy.sides(), 15).orElseThrow();

        // The last ten are wrong: neither side says so unless it has seen them.
        assertThat(recent.serving()).hasSize(15);
        assertThat(Arrays.stream(recent.serving()).limit(10).sum()).isZero();
        assertThat(Arrays.stream(recent.serving()).skip(10).sum()).isEqualTo(5);
        assertThat(RecentAnswers.of(candidacy.sides(), 0)).isEqualTo(Optional.empty());
    }

    @Test
    void whatServesItself_passes() {
        gate.suite(TASK, suite());
        gate.keeper().bounds().setBounds(TASK, new GateBounds(Map.of(GateBound.SLICE_ROWS, 5.0)));
        Rehearsal serving = school.teacher().insight().serving(TASK);

        GateReport report = gate.keeper()
                .judge(new Candidacy("revision", "same", new Paired<>(serving, serving)))
                .orElseThrow();

        assertThat(report.verdict().passed())
                .as(report.verdict().objections().toString())
                .isTrue();
        assertThat(report.verdict().checks())
                .extracting(Gate.Check::about)
                .contains(Gate.About.SLICE, Gate.About.RECENT, Gate.About.LATENCY, Gate.About.MEMORY);
    }

    @Test
    void suiteOfAnotherKind_isRefused() {
        List<Teaching> scored = new ArrayList<>();
        scored.add(Teaching.of(Input.of(new Text("a")), new Answer.Score(1)));
        gate.suite(TASK, scored);

        Candidacy candidacy = candidacy(examples(20, 30, false));
        assertThatThrownBy(() -> gate.keeper().judge(candidacy)).isInstanceOf(Refusal.Conflict.class);
    }
}
