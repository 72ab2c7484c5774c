// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static dev.perennial.learn.School.task;
import static dev.perennial.learn.School.teaching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.FakeEncoder;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TeacherTest {
    private final FakeEncoder encoder = new FakeEncoder();
    private final School school = School.open(School.SMALL, List.of(encoder));

    @AfterEach
    void close() {
        school.close();
    }

    @Test
    void teaching_isStoredAndServedWhenItReturns() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        TeachingOutcome outcome = school.teach(teaching("my card is lost", "card"));
        assertThat(outcome.taught()).isEqualTo(1);
        assertThat(school.store().examples(School.TASK)).hasSize(1);
        assertThat(school.ensemble().revision()).isEqualTo(outcome.revision());
        assertThat(school.predict("my card is lost").label()).contains("card");
    }

    @Test
    void aDuplicate_changesNothing_andIsNotLearntAgain() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"), teaching("hello", "greeting"));
        var before = school.ensemble();
        TeachingOutcome again = school.teach(teaching("hello", "greeting"));
        assertThat(again.duplicates()).isEqualTo(1);
        assertThat(school.ensemble()).isSameAs(before);
    }

    @Test
    void theSameExternalId_replacesWhatWasTaught() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(named("my card is lost", "weather", "row-1"), teaching("it is sunny", "weather"));
        school.teach(named("my card is lost", "card", "row-1"));
        assertThat(school.ensemble().examples()).isEqualTo(2);
        assertThat(school.predict("my card is lost").label()).contains("card");
    }

    @Test
    void recordsOfEqualContent_countTogether_untilTheyAreForgotten() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("same", "a"), teaching("same", "b"), teaching("something else", "c"));
        String before = school.digest();
        List<String> copies = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            copies.add(
                    school.teach(named("same", "a", "row-" + i)).rows().get(0).exampleId());
        }
        assertThat(school.predict("same").label()).contains("a");
        copies.forEach(copy -> school.teacher().forget(School.TASK, copy));
        assertThat(school.digest()).isEqualTo(before);
    }

    @Test
    void labelThatNothingCarriesAnyLonger_leavesNoVector() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"));
        String digest = encoder.info().digest();
        int before = school.store().labelVectors(School.TASK, digest).size();
        String id = school.teach(teaching("hello", "greeting")).rows().get(0).exampleId();
        assertThat(school.store().labelVectors(School.TASK, digest)).hasSize(before + 1);
        school.teacher().forget(School.TASK, id);
        assertThat(school.store().labelVectors(School.TASK, digest)).hasSize(before);
    }

    @Test
    void forgetting_givesAReceiptOfBothStates() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"));
        String before = school.digest();
        String id = school.teach(teaching("hello", "greeting")).rows().get(0).exampleId();
        String with = school.digest();
        Unlearned receipt = school.teacher().forget(School.TASK, id);
        assertThat(receipt.exampleId()).isEqualTo(id);
        assertThat(receipt.headDigestBefore()).isEqualTo(with);
        assertThat(receipt.headDigestAfter()).isEqualTo(before);
        assertThat(school.ensemble().labels()).containsExactly("card");
    }

    @Test
    void forgettingWhatIsNotThere_isRefused_andLeavesTheRest() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"));
        String before = school.digest();
        assertThatThrownBy(() -> school.teacher().forget(School.TASK, "ex_9")).isInstanceOf(Refusal.NotFound.class);
        assertThat(school.digest()).isEqualTo(before);
    }

    @Test
    void tasksWithExamples_keepTheirKindAndRange() {
        school.teacher().define(task(Kind.REGRESSION, InputKind.TEXT));
        school.teach(Teaching.of(Input.of(new Text("good")), new Answer.Score(4)));
        assertThatThrownBy(() -> school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT)))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> school.teacher().define(task(Kind.REGRESSION, InputKind.PAIR)))
                .isInstanceOf(Refusal.Conflict.class);
        assertThatThrownBy(() -> school.teacher().define(range(0, 3))).isInstanceOf(Refusal.Conflict.class);
        school.teacher().define(range(0, 10));
        assertThat(school.predict("good").score().orElseThrow()).isBetween(3.0, 5.0);
    }

    @Test
    void aScoreOutsideTheRange_isRefused_andNothingOfItsBatchIsTaught() {
        school.teacher().define(task(Kind.REGRESSION, InputKind.TEXT));
        Teaching good = Teaching.of(Input.of(new Text("good")), new Answer.Score(4));
        Teaching beyond = Teaching.of(Input.of(new Text("bad")), new Answer.Score(-1));
        assertThatThrownBy(() -> school.teach(good, beyond))
                .isInstanceOfSatisfying(
                        Refusal.Invalid.class,
                        refusal -> assertThat(refusal.faults().get(0).pointer()).isEqualTo("/examples/1"));
        assertThat(school.store().examples(School.TASK)).isEmpty();
    }

    @Test
    void aPolicy_isFollowedWithoutLearningAnew() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"), teaching("hello", "greeting"));
        String head = school.digest();
        long encoded = encoder.encoded();
        school.teacher()
                .setPolicy(
                        School.TASK,
                        new Policy(0.9, OptionalDouble.of(0.999999), 0.01, OptionalDouble.empty(), Map.of()));
        assertThat(encoder.encoded()).isEqualTo(encoded);
        assertThat(school.digest()).isEqualTo(head);
        assertThat(school.predict("weather").abstained()).isTrue();
    }

    @Test
    void anotherChange_encodesNothingAgain() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"), teaching("hello", "greeting"));
        long encoded = encoder.encoded();
        school.teach(teaching("good morning", "greeting"));
        assertThat(encoder.encoded()).isEqualTo(encoded + 1);
    }

    @Test
    void aRestart_encodesNothingAgain() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"), teaching("hello", "greeting"));
        long encoded = encoder.encoded();
        try (School restarted = school.restarted()) {
            assertThat(restarted.digest()).isEqualTo(school.digest());
        }
        assertThat(encoder.encoded() - encoded)
                .as("the spread of the encoder is known already")
                .isZero();
    }

    @Test
    void removedTasks_areServedNoMore_andComeBackEmpty() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teach(teaching("my card is lost", "card"));
        school.teacher().remove(School.TASK);
        assertThatThrownBy(() -> school.predict("my card is lost")).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> school.teacher().remove(School.TASK)).isInstanceOf(Refusal.NotFound.class);
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        assertThat(school.ensemble().examples()).isZero();
        assertThat(school.predict("my card is lost").label()).isEmpty();
    }

    @Test
    void replies_areKeptWithTheTeaching() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.teacher()
                .teach(
                        School.TASK,
                        List.of(teaching("my card is lost", "card")),
                        Optional.of(new Idempotency("key", "digest")),
                        outcome -> new Idempotency.Reply(200, "taught " + outcome.taught()));
        assertThat(school.store().reply("key").orElseThrow().reply().body()).isEqualTo("taught 1");
    }

    @Test
    void confusions_areTheExamplesBehindACell() {
        school.teacher().define(task(Kind.CLASSIFICATION, InputKind.TEXT));
        for (int i = 0; i < 12; i++) {
            school.teach(teaching("my card is lost again " + i, "card"), teaching("it is sunny today " + i, "weather"));
        }
        school.teach(teaching("my card is lost", "weather"));
        List<Confusion> confusions = school.teacher().insight().confusions(School.TASK, "weather", "card");
        assertThat(confusions).hasSize(1);
        assertThat(confusions.get(0).example().teaching().input().text().value())
                .isEqualTo("my card is lost");
        assertThat(confusions.get(0).probability()).isBetween(0.5, 1.0);
        assertThat(school.teacher().insight().confusions(School.TASK, "card", "weather"))
                .isEmpty();
    }

    private static Teaching named(String text, String label, String externalId) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.of(externalId), 1);
    }

    private static Task range(double min, double max) {
        Task task = task(Kind.REGRESSION, InputKind.TEXT);
        return new Task(
                task.id(),
                task.kind(),
                task.input(),
                "",
                List.of(),
                Optional.of(new ScoreRange(min, max)),
                Policy.DEFAULT);
    }
}
