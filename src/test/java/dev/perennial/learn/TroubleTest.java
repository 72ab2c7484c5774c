// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.Passage;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.math.FixedPoint;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong for one text, one task or one member stays there. */
final class TroubleTest {
    private static final String POISON = "the text that breaks it";

    private final Choking choking = new Choking(new FakeEncoder("choking"));
    private final School school = School.open(School.SMALL);

    @BeforeEach
    void define() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
    }

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void memberThatCannotReadAnExample_isNotTakenUp_andNothingChanges() {
        school.teach(teaching(POISON, "a"), teaching("hello", "b"));
        String before = school.digest();
        assertThatThrownBy(() -> school.teacher().adopt(choking)).isInstanceOf(IllegalStateException.class);

        assertThat(school.encoders().ready()).doesNotContain(choking);
        assertThat(school.digest()).isEqualTo(before);
        school.teach(teaching("one more", "a"));
        assertThat(school.predict("one more").label()).contains("a");
    }

    @Test
    void taskThatCannotBeLearntAtAStart_keepsNoOtherFromBeingServed() {
        TaskId other = new TaskId("other");
        Task plain = task(Kind.CLASSIFICATION, InputKind.TEXT, "x", "y");
        school.teacher()
                .define(new Task(
                        other, plain.kind(), plain.input(), "", plain.labels(), Optional.empty(), Policy.DEFAULT));
        String poisoned = school.teach(teaching(POISON, "a"), teaching("hello", "b"))
                .rows()
                .get(0)
                .exampleId();
        try (School again = school.restartedWith(List.of(new FakeEncoder("a"), new FakeEncoder("b"), choking))) {
            assertThat(again.active().of(other).members()).contains(choking);
            assertThatThrownBy(again::ensemble).isInstanceOf(Refusal.NotReady.class);
            assertThatThrownBy(() -> again.teach(teaching("more", "a"))).isInstanceOf(RuntimeException.class);

            again.teacher().forget(School.TASK, poisoned);

            assertThat(again.predict("hello").label()).contains("b");
            again.teach(teaching("more", "a"));
        }
    }

    @Test
    void forgettingThatCannotBeLearnt_leavesNothingThatWasLearntBefore() {
        List<Teaching> many = new ArrayList<>(List.of(teaching(POISON, "a")));
        for (int i = 0; i < 40; i++) {
            many.add(teaching("number " + i, i % 2 == 0 ? "a" : "b"));
        }
        String other = school.teach(many).rows().get(7).exampleId();
        String fit = "fit-" + School.TASK;
        try (School again = school.restartedWith(List.of(new FakeEncoder("a"), choking))) {
            assertThat(again.derived().get(fit)).isPresent();

            assertThatThrownBy(() -> again.teacher().forget(School.TASK, other)).isInstanceOf(RuntimeException.class);

            assertThat(again.store().examples(School.TASK)).hasSize(40);
            assertThat(again.derived().get(fit)).isEmpty();
        }
    }

    @Test
    void taskThatServesWhatIsNoLongerStored_isNotSettled() {
        for (int i = 0; i < 20; i++) {
            school.teach(teaching("number " + i, i % 2 == 0 ? "a" : "b"));
        }
        TaskInsight insight = school.teacher().insight();
        Ensemble serving = school.ensemble();
        assertThat(insight.settled(School.TASK).ensemble()).isSameAs(serving);

        failFromNowOn();
        assertThatThrownBy(() -> school.teach(teaching("more", "a"))).isInstanceOf(IllegalStateException.class);

        assertThat(insight.serving(School.TASK).ensemble()).isSameAs(serving);
        assertThatThrownBy(() -> insight.settled(School.TASK)).isInstanceOf(Refusal.NotReady.class);
    }

    private void failFromNowOn() {
        school.beforeNextProduct(() -> {
            failFromNowOn();
            throw new IllegalStateException("broken");
        });
    }

    @Test
    void taskThatCannotBeLearnt_canBeRemoved() {
        school.teach(teaching(POISON, "a"), teaching("hello", "b"));
        try (School again = school.restartedWith(List.of(choking))) {
            again.teacher().remove(School.TASK);
            assertThat(again.store().task(School.TASK)).isEmpty();
            assertThatThrownBy(again::ensemble).isInstanceOf(Refusal.NotFound.class);
        }
    }

    @Test
    void boundsHold_whateverWasCheckedBeforeTheLock() {
        List<Teaching> labels = new ArrayList<>();
        for (int i = 0; i <= School.MOST_LABELS; i++) {
            labels.add(teaching("text " + i, "label " + i));
        }
        assertThatThrownBy(() -> school.teach(labels)).isInstanceOf(Refusal.TooLarge.class);
        assertThat(school.store().examples(School.TASK)).isEmpty();

        List<Teaching> examples = new ArrayList<>();
        for (int i = 0; i <= School.MOST_EXAMPLES; i++) {
            examples.add(teaching("text " + i, "label"));
        }
        assertThatThrownBy(() -> school.teach(examples)).isInstanceOf(Refusal.TooLarge.class);
        Teaching heavy =
                new Teaching(Input.of(new Text("heavy")), new Answer.OneLabel("label"), Optional.empty(), 3_000_000);
        assertThatThrownBy(() -> school.teach(heavy)).isInstanceOf(Refusal.Conflict.class);
    }

    @Test
    void fullTask_takesRepetitionsAndCorrections() {
        double share = Math.floor(FixedPoint.LARGEST_TOTAL_WEIGHT / School.MOST_LABELS);
        List<Teaching> full = new ArrayList<>();
        for (int i = 0; i < School.MOST_LABELS; i++) {
            full.add(named("id " + i, "text " + i, "label " + i, share));
        }
        school.teach(full);

        assertThat(school.teach(full.subList(0, 3)).duplicates()).isEqualTo(3);
        assertThat(school.teach(named("id 0", "other text", "another label", share))
                        .taught())
                .isEqualTo(1);
        assertThatThrownBy(() -> school.teach(named("id 1", "text 1", "label 1", 2 * share)))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> school.teach(named("new", "text", "one label more", share)))
                .isInstanceOf(Refusal.TooLarge.class);
    }

    @Test
    void fineWeights_mayAddUpToLess_soThatSumsStayExact() {
        school.teach(named("id 0", "text 0", "label", 100_000.5));
        school.teach(named("id 1", "text 1", "label", FixedPoint.LARGEST_TOTAL_OF_FINE_WEIGHTS));
        assertThatThrownBy(() -> school.teach(named("id 2", "text 2", "label", 0.1)))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("multiple of 0.25");
        school.teach(named("id 2", "text 2", "label", 0.25));
        assertThat(school.store().examples(School.TASK)).hasSize(3);
    }

    private static Teaching named(String externalId, String text, String label, double weight) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.of(externalId), weight);
    }

    @Test
    void sufficientStatistics_areBounded_whoeverAskedForThem() {
        try (School forgetful = School.forgetful(School.SMALL)) {
            forgetful.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
            for (int i = 0; i < 40; i++) {
                forgetful.teach(teaching("number " + i, i % 2 == 0 ? "a" : "b"));
            }
            forgetful.teacher().insight().confusions(School.TASK, "a", "b");
            assertThat(forgetful.teacher().ledgerBytes()).isZero();
        }
    }

    @Test
    void refusedChangeOfNoTask_leavesNothingInMemory() {
        for (int i = 0; i < 20; i++) {
            TaskId id = new TaskId("task-" + i);
            school.teacher().insight().taughtLabels(id);
            assertThatThrownBy(() -> school.teacher().setPolicy(id, Policy.DEFAULT))
                    .isInstanceOf(Refusal.NotFound.class);
        }
        assertThat(school.teacher().classrooms()).isEqualTo(1);
    }

    @Test
    void zeroShotQuestion_storesNothing_evenUnderItsOwnName() {
        Task asked = new Task(
                School.TASK,
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "",
                List.of(new Label("weather", ""), new Label("travel", "")),
                Optional.empty(),
                Policy.DEFAULT);
        school.teacher().zeroShot(asked, school.encoders().ready());
        for (Encoder member : school.encoders().ready()) {
            assertThat(school.store().labelVectors(School.TASK, member.info().digest()))
                    .isEmpty();
        }
    }

    /** Fails on one text. */
    private record Choking(FakeEncoder encoder) implements Encoder {

        @Override
        public EncoderInfo info() {
            return encoder.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            if (passages.stream().anyMatch(passage -> passage.text().contains(POISON))) {
                throw new IllegalStateException("not a finite vector");
            }
            return encoder.encode(passages);
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
