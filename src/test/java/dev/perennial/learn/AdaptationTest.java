// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An adapted encoder answers its tasks, and no others; what it learnt from can be erased. */
final class AdaptationTest {
    private static final TaskId OTHER = new TaskId("other");
    private static final TaskId THIRD = new TaskId("third");

    private final School school = School.open(School.SMALL);
    private final Teacher teacher = school.teacher();

    @BeforeEach
    void teachThreeTasks() {
        for (TaskId id : List.of(School.TASK, OTHER, THIRD)) {
            teacher.define(task(id));
            teacher.teach(id, teachings(), Optional.empty(), none -> {
                throw new AssertionError("no reply was asked for");
            });
        }
    }

    @AfterEach
    void close() {
        school.close();
    }

    private static Task task(TaskId id) {
        Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather");
        return new Task(id, task.kind(), task.input(), "", task.labels(), task.scoreRange(), task.policy());
    }

    private static List<Teaching> teachings() {
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            teachings.add(School.teaching("my card number " + i + " is gone", "card"));
            teachings.add(School.teaching("rain on day " + i, "weather"));
        }
        return teachings;
    }

    private static Set<String> keys(List<Teaching> teachings) {
        return Set.copyOf(teachings.stream()
                .map(teaching -> ContentKey.of(teaching.input()).hex())
                .toList());
    }

    private Adaptation adaptation(Set<TaskId> tasks, Set<String> learntFrom) {
        Encoder base = school.encoders().find("a").orElseThrow();
        return new Adaptation("one", base.info().digest(), FakeEncoder.adapted("a", "c"), tasks, learntFrom);
    }

    private void adapt(Adaptation adaptation) {
        try (Prospect prospect = teacher.prospect(adaptation.tasks())) {
            assertThat(teacher.adapt(adaptation, prospect, Admittance.ALWAYS)).isTrue();
        }
    }

    private List<String> digests(TaskId id) {
        return school.active().of(id).members().stream()
                .map(member -> member.info().digest())
                .toList();
    }

    @Test
    void adapt_answersItsTasks_andLeavesOthersAsTheyWere() {
        Ensemble third = school.active().of(THIRD);
        Adaptation adaptation = adaptation(Set.of(School.TASK, OTHER), Set.of());

        adapt(adaptation);

        String adapted = adaptation.encoder().info().digest();
        assertThat(digests(School.TASK)).contains(adapted).doesNotContain(adaptation.base());
        assertThat(digests(OTHER)).contains(adapted);
        assertThat(school.active().of(THIRD)).isSameAs(third);
        assertThat(school.store().vectors(School.TASK, adapted)).hasSize(24);
        assertThat(school.store().vectors(THIRD, adapted)).isEmpty();
        assertThat(school.predict("another card is gone").label()).contains("card");
    }

    @Test
    void whatIsTaughtLater_isSeenByTheAdaptedEncoder() {
        Adaptation adaptation = adaptation(Set.of(School.TASK), Set.of());
        adapt(adaptation);

        school.teach(School.teaching("snow tomorrow", "weather"));

        assertThat(school.store()
                        .vectors(School.TASK, adaptation.encoder().info().digest()))
                .hasSize(25);
        assertThat(digests(School.TASK)).contains(adaptation.encoder().info().digest());
    }

    @Test
    void endOfAdaptation_leavesNothing() {
        String before = school.digest();
        Adaptation adaptation = adaptation(Set.of(School.TASK), keys(teachings().subList(0, 12)));
        adapt(adaptation);
        assertThat(school.digest()).isNotEqualTo(before);

        AtomicInteger told = new AtomicInteger();
        teacher.endAdaptation("one", told::incrementAndGet);

        assertThat(told).hasValue(1);

        assertThat(school.digest()).isEqualTo(before);
        assertThat(school.store()
                        .vectors(School.TASK, adaptation.encoder().info().digest()))
                .isEmpty();
    }

    @Test
    void erasedExample_endsWhatWasAdaptedToIt_inAllItsTasks() {
        String before = school.active().of(OTHER).headDigest();
        adapt(adaptation(Set.of(School.TASK, OTHER), keys(teachings().subList(0, 6))));
        Example learnt = example("my card number 0 is gone");

        teacher.forget(School.TASK, learnt.id());

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(school.active().of(OTHER).headDigest()).isEqualTo(before);
        assertNothingIsLeft();
    }

    @Test
    void erasedExample_leavesWhatWasNotAdaptedToIt() {
        adapt(adaptation(Set.of(School.TASK), keys(teachings().subList(0, 6))));

        teacher.forget(School.TASK, example("rain on day 11").id());

        assertThat(teacher.isAdapted("one")).isTrue();
    }

    @Test
    void textThatIsReplacedByAnother_endsWhatWasAdaptedToIt_inAllItsTasks() {
        String before = school.active().of(OTHER).headDigest();
        Teaching named = named("my card is stolen", "card");
        school.teach(named);
        adapt(adaptation(Set.of(School.TASK, OTHER), keys(List.of(named))));

        school.teach(named("hail in the north", "weather"));

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(school.active().of(OTHER).headDigest()).isEqualTo(before);
        assertNothingIsLeft();
    }

    @Test
    void expiredExample_endsWhatWasAdaptedToIt_inAllItsTasks() {
        String before = school.active().of(OTHER).headDigest();
        RevisionId first = school.active().of(School.TASK).answerRevision();
        Teaching gone = School.teaching("lightning at noon", "weather");
        school.teach(gone);
        adapt(adaptation(Set.of(School.TASK, OTHER), keys(List.of(gone))));
        TaskRevisions.Promoted unused = teacher.revisions().promote(School.TASK, first, true);
        assertThat(teacher.isAdapted("one"))
                .as("while an earlier revision has it")
                .isTrue();

        school.pass(School.RETENTION.plusSeconds(1));
        teacher.expireRevisions();

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(school.active().of(OTHER).headDigest()).isEqualTo(before);
        assertNothingIsLeft();
    }

    @Test
    void expiredExample_whoseTextIsTaughtStill_leavesWhatWasAdaptedToIt() {
        school.teach(named("lightning at noon", "card"));
        Teaching latest = named("lightning at noon", "weather");
        school.teach(latest);
        adapt(adaptation(Set.of(School.TASK), keys(List.of(latest))));
        Set<Example> expiring =
                Set.copyOf(school.store().expiring(School.TASK, Instant.MAX).examples());
        assertThat(expiring).hasSize(1);

        school.pass(School.RETENTION.plusSeconds(1));
        teacher.expireRevisions();

        assertThat(school.store().expiring(School.TASK, Instant.MAX).examples()).isEmpty();
        assertThat(teacher.isAdapted("one")).isTrue();
    }

    private void assertNothingIsLeft() {
        String adapted = FakeEncoder.adapted("a", "c").info().digest();
        for (TaskId id : List.of(School.TASK, OTHER)) {
            assertThat(digests(id)).doesNotContain(adapted);
            assertThat(school.store().vectors(id, adapted)).as("of %s", id).isEmpty();
        }
    }

    @Test
    void textThatGetsAnotherLabel_leavesWhatWasAdaptedToIt() {
        Teaching named = named("my card is stolen", "weather");
        school.teach(named);
        adapt(adaptation(Set.of(School.TASK), keys(List.of(named))));

        school.teach(named("my card is stolen", "card"), named("my card is stolen", "card"));

        assertThat(teacher.isAdapted("one")).isTrue();
    }

    private static Teaching named(String text, String label) {
        Teaching teaching = School.teaching(text, label);
        return new Teaching(teaching.input(), teaching.answer(), Optional.of("the client's name"), teaching.weight());
    }

    @Test
    void removedTask_endsWhatWasAdaptedToIt() {
        adapt(adaptation(Set.of(School.TASK, OTHER), Set.of()));

        teacher.remove(School.TASK);

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(digests(OTHER))
                .contains(school.encoders().find("a").orElseThrow().info().digest());
    }

    @Test
    void anotherAdaptationOfTheSameEncoder_takesThePlace_andTheRestOfItsTasksGoBack() {
        adapt(adaptation(Set.of(School.TASK, OTHER), Set.of()));
        String base = school.encoders().find("a").orElseThrow().info().digest();

        adapt(new Adaptation("two", base, FakeEncoder.adapted("a", "d"), Set.of(School.TASK), Set.of()));

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(digests(School.TASK))
                .contains(FakeEncoder.adapted("a", "d").info().digest());
        assertThat(digests(OTHER)).contains(base);
    }

    @Test
    void examplesThatItLearntFrom_areNoEvidence() {
        Set<String> learntFrom = keys(teachings().subList(0, 18));
        assertThat(teacher.insight().confusions(School.TASK, "card", "card")).hasSize(12);

        adapt(adaptation(Set.of(School.TASK), learntFrom));

        assertThat(teacher.insight().confusions(School.TASK, "card", "card"))
                .hasSize(3)
                .noneMatch(confusion -> learntFrom.contains(
                        ContentKey.of(confusion.example().teaching().input()).hex()));
    }

    @Test
    void whatLearntFromAnExampleThatWasErasedMeanwhile_neverServes_andLeavesNoVector() {
        Adaptation adaptation =
                adaptation(Set.of(School.TASK, OTHER), keys(teachings().subList(0, 6)));
        String before = school.active().of(OTHER).headDigest();
        try (Prospect prospect = teacher.prospect(adaptation.tasks())) {
            teacher.forget(School.TASK, example("rain on day 11").id());
            assertThat(prospect.isSound(adaptation.learntFrom())).isTrue();
            teacher.forget(School.TASK, example("my card number 0 is gone").id());
            assertThat(prospect.isSound(adaptation.learntFrom())).isFalse();

            assertThat(teacher.adapt(adaptation, prospect, Admittance.ALWAYS)).isFalse();
        }

        assertThat(teacher.isAdapted("one")).isFalse();
        assertThat(school.active().of(OTHER).headDigest()).isEqualTo(before);
        for (TaskId id : adaptation.tasks()) {
            assertThat(school.store().vectors(id, adaptation.encoder().info().digest()))
                    .isEmpty();
        }
    }

    private Example example(String text) {
        List<Example> found = new ArrayList<>();
        school.store().examples(School.TASK).forEach(found::add);
        return found.stream()
                .filter(example -> example.teaching().input().text().value().equals(text))
                .findFirst()
                .orElseThrow();
    }
}
