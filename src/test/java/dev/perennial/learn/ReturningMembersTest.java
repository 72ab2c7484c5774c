// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Revision;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Going back to a revision that had other members than the task has. */
final class ReturningMembersTest {
    private static final TaskId OTHER = new TaskId("other");
    private static final List<Input> QUESTIONS = List.of(
            Input.of(new Text("my card is gone")),
            Input.of(new Text("rain tomorrow")),
            Input.of(new Text("something else")));

    private final MemoryAdaptations shelf = new MemoryAdaptations();
    private School school = open(List.of(new FakeEncoder("a"), new FakeEncoder("b")));

    private School open(List<Encoder> members) {
        return School.open(School.SMALL, members, shelf);
    }

    @BeforeEach
    void teachTwoTasks() {
        for (TaskId id : List.of(School.TASK, OTHER)) {
            Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "card", "weather");
            school.teacher()
                    .define(new Task(
                            id, task.kind(), task.input(), "", task.labels(), task.scoreRange(), task.policy()));
            school.teacher().teach(id, teachings(), Optional.empty(), none -> {
                throw new AssertionError("no reply was asked for");
            });
        }
    }

    @AfterEach
    void close() {
        school.close();
    }

    private static List<Teaching> teachings() {
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            teachings.add(School.teaching("my card number " + i + " is gone", "card"));
            teachings.add(School.teaching("rain on day " + i, "weather"));
        }
        return teachings;
    }

    private void adapt(String id, String seesAs, Set<TaskId> tasks, Set<String> learntFrom) {
        Encoder base = school.encoders().find("a").orElseThrow();
        Adaptation adaptation =
                new Adaptation(id, base.info().digest(), FakeEncoder.adapted("a", seesAs), tasks, learntFrom);
        try (Prospect prospect = school.teacher().prospect(tasks)) {
            shelf.keep(adaptation);
            assertThat(school.teacher().adapt(adaptation, prospect, Admittance.ALWAYS))
                    .isTrue();
        }
    }

    private List<String> members(TaskId id) {
        return school.active().of(id).members().stream()
                .map(member -> member.info().digest())
                .toList();
    }

    private RevisionId answering() {
        return school.active().of(School.TASK).answerRevision();
    }

    private List<Prediction> answers() {
        return school.predict(QUESTIONS, Mode.FULL);
    }

    private TaskRevisions.Promoted promote(RevisionId revision) {
        return school.teacher().revisions().promote(School.TASK, revision, false);
    }

    @Test
    void promote_pastAnAdaptation_answersAsBeforeIt_andForthAgain() {
        RevisionId plain = answering();
        List<Prediction> before = answers();
        adapt("one", "c", Set.of(School.TASK, OTHER), Set.of());
        RevisionId adapted = answering();
        List<Prediction> after = answers();
        assertThat(after).isNotEqualTo(before);

        assertThat(promote(plain).differences()).isEmpty();

        assertThat(answering()).isEqualTo(plain);
        assertThat(answers()).isEqualTo(before);
        assertThat(members(OTHER)).contains(digest("c"));
        assertThat(school.teacher().isAdapted("one")).isTrue();
        promote(adapted);
        assertThat(answering()).isEqualTo(adapted);
        assertThat(answers()).isEqualTo(after);
    }

    @Test
    void teach_afterGoingBackPastAnAdaptation_goesOnWithTheMembersOfThen() {
        RevisionId plain = answering();
        adapt("one", "c", Set.of(School.TASK), Set.of());
        promote(plain);

        school.teach(School.teaching("hail in the north", "weather"));

        assertThat(members(School.TASK)).doesNotContain(digest("c"));
        assertThat(school.store()
                        .vectors(School.TASK, new FakeEncoder("a").info().digest()))
                .hasSize(25);
    }

    @Test
    void promote_toAnAdaptationThatGaveWay_answersAsByIt_overARestartToo() {
        adapt("one", "c", Set.of(School.TASK, OTHER), Set.of());
        RevisionId first = answering();
        List<Prediction> then = answers();
        adapt("two", "d", Set.of(School.TASK, OTHER), Set.of());
        assertThat(answers()).isNotEqualTo(then);
        assertThat(shelf.past()).containsExactly("one");
        forgetWhatServedBefore();

        assertThat(promote(first).differences()).isEmpty();

        assertThat(answers()).isEqualTo(then);
        assertThat(members(OTHER)).contains(digest("d"));
        assertThat(school.store().vectors(School.TASK, digest("c"))).hasSize(24);
        school = restarted();
        assertThat(answering()).isEqualTo(first);
        assertThat(answers()).isEqualTo(then);
        assertThat(members(OTHER)).contains(digest("d"));
        school.teach(School.teaching("hail in the north", "weather"));
        assertThat(members(School.TASK)).contains(digest("c"));
    }

    @Test
    void rebuild_ofARevisionOfAnAdaptationThatGaveWay_comesToItsDigest_andStoresNothing() {
        adapt("one", "c", Set.of(School.TASK), Set.of());
        RevisionId first = answering();
        adapt("two", "d", Set.of(School.TASK), Set.of());

        assertThat(school.teacher().revisions().rebuild(School.TASK, first).isSame())
                .isTrue();

        assertThat(members(School.TASK)).contains(digest("d"));
        assertThat(school.store().vectors(School.TASK, digest("c"))).isEmpty();
    }

    @Test
    void erasedExample_endsWhatLearntFromIt_alsoWhereATaskWentBackToIt() {
        List<Teaching> learnt = teachings().subList(0, 6);
        Set<String> keys = Set.copyOf(learnt.stream()
                .map(teaching -> ContentKey.of(teaching.input()).hex())
                .toList());
        adapt("one", "c", Set.of(School.TASK, OTHER), keys);
        RevisionId first = answering();
        adapt("two", "d", Set.of(School.TASK, OTHER), Set.of());
        promote(first);
        String id = school.store().examples(OTHER).iterator().next().id();

        school.teacher().forget(OTHER, id);

        assertThat(shelf.past()).isEmpty();
        assertThat(members(School.TASK)).contains(digest("d")).doesNotContain(digest("c"));
        assertThat(school.store().vectors(School.TASK, digest("c"))).isEmpty();
        assertThatThrownBy(() -> promote(first))
                .isInstanceOf(Refusal.Conflict.class)
                .hasMessageContaining("member a as it was then is not kept");
        TaskRevisions revisions = school.teacher().revisions();
        assertThat(revisions.store().page(School.TASK, new RevisionId(Long.MAX_VALUE), 20))
                .filteredOn(revision -> !revisions.missing(revision).isEmpty())
                .extracting(Revision::id)
                .containsExactly(first);
    }

    @Test
    void adoptAndDismiss_leaveATaskThatWentBackAsItIs_unlessAMemberOfItGoes() {
        RevisionId plain = answering();
        adapt("one", "c", Set.of(School.TASK), Set.of());
        promote(plain);
        List<Prediction> before = answers();

        school.teacher().adopt(new FakeEncoder("e"));
        assertThat(answers()).isEqualTo(before);
        assertThat(answering()).isEqualTo(plain);
        assertThat(members(OTHER)).contains(new FakeEncoder("e").info().digest());

        school.teacher().dismiss("b", () -> {});
        assertThat(members(School.TASK))
                .containsExactlyInAnyOrder(
                        digest("c"), new FakeEncoder("e").info().digest());
    }

    @Test
    void adapt_aTaskThatWentBack_isThereAgainForIt() {
        RevisionId plain = answering();
        adapt("one", "c", Set.of(School.TASK, OTHER), Set.of());
        promote(plain);

        adapt("two", "d", Set.of(School.TASK), Set.of());

        assertThat(members(School.TASK)).contains(digest("d"));
        school = restarted();
        assertThat(members(School.TASK)).contains(digest("d"));
    }

    @Test
    void stage_besideATaskThatWentBack_isOfItsMembers() {
        RevisionId plain = answering();
        adapt("one", "c", Set.of(School.TASK), Set.of());
        promote(plain);

        RevisionId candidate = school.teacher()
                .stage(School.TASK, List.of(School.teaching("hail in the north", "weather")), false)
                .revision();
        assertThat(promote(candidate).differences()).isEmpty();

        assertThat(members(School.TASK)).doesNotContain(digest("c"));
        assertThat(answering()).isEqualTo(candidate);
    }

    @Test
    void expiry_forgetsWhatNoRevisionIsAnsweredByAnyMore() {
        adapt("one", "c", Set.of(School.TASK), Set.of());
        adapt("two", "d", Set.of(School.TASK), Set.of());
        school.teacher().expireRevisions();
        assertThat(shelf.past()).containsExactly("one");

        shelf.retainPast(task -> Set.of(digest("d")));

        assertThat(shelf.past()).isEmpty();
    }

    @Test
    void promote_amongMembersThatAreRounded_findsThem() {
        school.close();
        school = open(List.of(FakeEncoder.inBothPrecisions("a", "a"), new FakeEncoder("b")));
        teachTwoTasks();
        RevisionId plain = answering();
        List<Prediction> before = answers();
        List<String> members = members(School.TASK);
        adapt("one", "c", Set.of(School.TASK), Set.of());

        assertThat(promote(plain).differences()).isEmpty();

        assertThat(answers()).isEqualTo(before);
        assertThat(members(School.TASK)).isEqualTo(members);
    }

    private School restarted() {
        return school.restarted();
    }

    /** What went by is learnt anew after a start. */
    private void forgetWhatServedBefore() {
        school = restarted();
    }

    private static String digest(String seesAs) {
        return FakeEncoder.adapted("a", seesAs).info().digest();
    }
}
