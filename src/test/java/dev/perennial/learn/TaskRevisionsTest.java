// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Example;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.Teaching;
import dev.perennial.task.TeachingOutcome;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TaskRevisionsTest {
    private static final List<String> LABELS = List.of("red", "green", "blue");
    private static final List<Input> QUESTIONS = List.of(
            Input.of(new Text("one red thing")),
            Input.of(new Text("a green one")),
            Input.of(new Text("something else")),
            Input.of(new Text("text 3")));

    @Test
    void promote_anEarlierRevision_answersAsItDidUnderItsName() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            List<Prediction> before = answers(school);
            school.teach(School.teaching("one red thing again", "green"), School.teaching("text 3", "green"));
            assertThat(answers(school)).isNotEqualTo(before);

            TaskRevisions.Promoted promoted = school.teacher().revisions().promote(School.TASK, first, false);

            assertThat(promoted.serving()).isEqualTo(first);
            assertThat(promoted.differences()).isEmpty();
            assertThat(answering(school)).isEqualTo(first);
            assertThat(answers(school)).isEqualTo(before);
            assertThat(school.store().task(School.TASK).orElseThrow().revision())
                    .isGreaterThan(first);
            assertThat(school.store().examples(School.TASK)).hasSize(2);
        }
    }

    @Test
    void promote_forthAndBack_takesEachStateUpAgain() {
        try (School school = opened()) {
            Map<RevisionId, List<Prediction>> answersByRevision = new HashMap<>();
            for (int i = 0; i < 6; i++) {
                school.teach(School.teaching("text " + i, LABELS.get(i % 3)));
                answersByRevision.put(answering(school), answers(school));
            }
            List<RevisionId> revisions = new ArrayList<>(answersByRevision.keySet());
            long seed = 7;
            System.out.println("seed " + seed);
            Random random = new Random(seed);
            for (int i = 0; i < 12; i++) {
                RevisionId target = revisions.get(random.nextInt(revisions.size()));
                school.teacher().revisions().promote(School.TASK, target, false);
                assertThat(answering(school)).isEqualTo(target);
                assertThat(answers(school)).isEqualTo(answersByRevision.get(target));
            }
        }
    }

    @Test
    void teach_afterGoingBack_buildsOnWhatServes() {
        try (School school = opened();
                School straight = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            school.teach(School.teaching("wrong", "blue"));
            school.teacher().revisions().promote(School.TASK, first, false);
            school.teach(School.teaching("a sky", "blue"));

            straight.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            straight.teach(School.teaching("a sky", "blue"));

            assertThat(school.digest()).isEqualTo(straight.digest());
            assertThat(answering(school)).isGreaterThan(first);
        }
    }

    @Test
    void promote_overARestart_staysUnderItsName() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            List<Prediction> before = answers(school);
            school.teach(School.teaching("text 3", "blue"));
            RevisionId second = answering(school);
            List<Prediction> after = answers(school);
            school.teacher().revisions().promote(School.TASK, first, false);
            try (School again = school.restarted()) {
                assertThat(answering(again)).isEqualTo(first);
                assertThat(answers(again)).isEqualTo(before);
                again.teacher().revisions().promote(School.TASK, second, false);
                assertThat(answering(again)).isEqualTo(second);
                assertThat(answers(again)).isEqualTo(after);
            }
        }
    }

    @Test
    void kill_afterGoingBack_staysUnderItsName() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            List<Prediction> before = answers(school);
            school.teach(School.teaching("text 3", "blue"));
            school.teacher().revisions().promote(School.TASK, first, false);
            RevisionId state = school.store().task(School.TASK).orElseThrow().revision();
            try (School again = killed(school)) {
                assertThat(answering(again)).isEqualTo(first);
                assertThat(answers(again)).isEqualTo(before);
                assertThat(again.store().task(School.TASK).orElseThrow().revision())
                        .isEqualTo(state);
                again.teach(School.teaching("a sky", "blue"));
                assertThat(answering(again)).isGreaterThan(state);
            }
        }
    }

    @Test
    void kill_afterTeaching_staysUnderItsName_unlessOthersAnswer() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            try (School again = killed(school)) {
                assertThat(answering(again)).isEqualTo(first);
            }
            List<Encoder> more = List.of(new FakeEncoder("a"), new FakeEncoder("b"), new FakeEncoder("c"));
            try (School others = school.restartedWith(more)) {
                assertThat(answering(others)).isGreaterThan(first);
            }
        }
    }

    @Test
    void revisionThatEndedLongAgo_isLetGo_withWhatOnlyItHad() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        try (School school = School.on(new MemoryTaskStore(now::get), School.SMALL)) {
            school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, LABELS.toArray(String[]::new)));
            school.teach(named("x", "text 3", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            school.teach(named("x", "text 3", "blue"));
            RevisionId second = answering(school);
            List<Prediction> before = answers(school);
            String wrong = school.store()
                    .expiring(School.TASK, Instant.MAX)
                    .examples()
                    .get(0)
                    .id();

            now.set(Instant.EPOCH.plus(School.RETENTION));
            school.pass(School.RETENTION);
            school.teacher().expireRevisions();
            assertThat(school.store().kept(School.TASK, wrong)).isPresent();

            school.pass(Duration.ofSeconds(1));
            school.teacher().expireRevisions();

            assertThat(school.store().kept(School.TASK, wrong)).isEmpty();
            assertThat(answering(school)).isEqualTo(second);
            assertThat(answers(school)).isEqualTo(before);
            assertThatThrownBy(() -> school.teacher().revisions().promote(School.TASK, first, true))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("not kept any more");
            assertThatThrownBy(() -> school.teacher().revisions().rebuild(School.TASK, first))
                    .isInstanceOf(Refusal.Conflict.class);
        }
    }

    /** Killed before what it learnt was kept, which is done some seconds later. */
    private static School killed(School school) {
        School again = School.on(school.store(), School.SMALL);
        again.teacher().restore();
        return again;
    }

    @Test
    void promote_beforeACorrectionOfTheSameText_bringsTheFormerAnswerBack() {
        try (School school = opened()) {
            school.teach(named("x", "text 3", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            school.teach(named("x", "text 3", "blue"));
            assertThat(school.predict("text 3").label()).contains("blue");

            school.teacher().revisions().promote(School.TASK, first, false);

            assertThat(school.predict("text 3").label()).contains("red");
            assertThat(answering(school)).isEqualTo(first);
        }
    }

    @Test
    void promote_whereAnExampleIsErasedSince_isRefusedUnlessSaidAnyhow() {
        try (School school = opened()) {
            String erased = school.teach(School.teaching("text 3", "blue"))
                    .rows()
                    .get(0)
                    .exampleId();
            school.teach(School.teaching("one red thing", "red"));
            RevisionId first = answering(school);
            school.teacher().forget(School.TASK, erased);
            school.teach(School.teaching("a green one", "green"));

            assertThatThrownBy(() -> school.teacher().revisions().promote(School.TASK, first, false))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("erased");
            assertThat(school.store().examples(School.TASK)).hasSize(2);

            TaskRevisions.Promoted promoted = school.teacher().revisions().promote(School.TASK, first, true);
            assertThat(promoted.serving()).isGreaterThan(first);
            assertThat(promoted.differences()).hasSize(1);
            assertThat(school.store().examples(School.TASK)).hasSize(1);
        }
    }

    @Test
    void forget_anExampleThatIsSetAside_erasesItFromEveryRevision() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"));
            RevisionId first = answering(school);
            String later = school.teach(School.teaching("text 3", "blue"))
                    .rows()
                    .get(0)
                    .exampleId();
            RevisionId second = answering(school);
            school.teacher().revisions().promote(School.TASK, first, false);
            school.teacher().forget(School.TASK, later);

            assertThat(school.store().kept(School.TASK, later)).isEmpty();
            assertThatThrownBy(() -> school.teacher().revisions().promote(School.TASK, second, false))
                    .isInstanceOf(Refusal.Conflict.class);
        }
    }

    @Test
    void promote_takesDefinitionAndPolicyBackToo() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            List<Prediction> before = answers(school);
            school.teacher()
                    .setPolicy(
                            School.TASK,
                            new Policy(0.5, OptionalDouble.of(0.9), 0.2, OptionalDouble.empty(), Map.of()));
            Task other = School.task(Kind.CLASSIFICATION, InputKind.TEXT, "red", "green", "blue", "black");
            school.teacher().define(other);

            school.teacher().revisions().promote(School.TASK, first, false);

            assertThat(school.ensemble().task().policy()).isEqualTo(Policy.DEFAULT);
            assertThat(school.store().task(School.TASK).orElseThrow().task().labels())
                    .hasSize(3);
            assertThat(answers(school)).isEqualTo(before);
            assertThat(answering(school)).isEqualTo(first);
        }
    }

    @Test
    void promote_afterAMemberHasGone_isRefusedAndSaysSo() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            school.teach(School.teaching("text 3", "blue"));
            school.teacher().dismiss("b", () -> {});

            assertThatThrownBy(() -> school.teacher().revisions().promote(School.TASK, first, false))
                    .isInstanceOf(Refusal.Conflict.class)
                    .hasMessageContaining("member b as it was then is not kept");
            assertThat(school.teacher()
                            .revisions()
                            .promote(School.TASK, first, true)
                            .serving())
                    .isGreaterThan(first);
        }
    }

    @Test
    void stage_changesNothingThatServes_andCanBePromoted() {
        try (School school = opened();
                School straight = opened()) {
            school.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            RevisionId first = answering(school);
            List<Prediction> before = answers(school);
            RevisionId candidate = school.teacher()
                    .stage(School.TASK, List.of(School.teaching("text 3", "blue")), false)
                    .revision();
            RevisionId further = school.teacher()
                    .stage(School.TASK, List.of(School.teaching("a sky", "blue")), true)
                    .revision();

            assertThat(answering(school)).isEqualTo(first);
            assertThat(answers(school)).isEqualTo(before);
            assertThat(school.store().examples(School.TASK)).hasSize(2);

            assertThat(school.teacher()
                            .revisions()
                            .promote(School.TASK, further, false)
                            .serving())
                    .isEqualTo(further);
            straight.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
            straight.teach(School.teaching("text 3", "blue"), School.teaching("a sky", "blue"));
            assertThat(school.digest()).isEqualTo(straight.digest());
            school.teacher().revisions().promote(School.TASK, candidate, false);
            assertThat(school.store().examples(School.TASK)).hasSize(3);
        }
    }

    @Test
    void teach_besideACandidate_goesOnWithWhatServes() {
        try (School school = opened();
                School straight = opened()) {
            school.teach(School.teaching("one red thing", "red"));
            TeachingOutcome unused =
                    school.teacher().stage(School.TASK, List.of(School.teaching("text 3", "blue")), false);
            school.teach(School.teaching("a green one", "green"));
            try (School again = school.restarted()) {
                straight.teach(School.teaching("one red thing", "red"), School.teaching("a green one", "green"));
                assertThat(again.digest()).isEqualTo(straight.digest());
                assertThat(school.digest()).isEqualTo(straight.digest());
            }
        }
    }

    @Test
    void promote_whatNeverWas_isNotFound() {
        try (School school = opened()) {
            assertThatThrownBy(() -> school.teacher().revisions().promote(School.TASK, new RevisionId(99), false))
                    .isInstanceOf(Refusal.NotFound.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void rebuild_anyRevisionOfARandomHistory_comesToItsDigest(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (School school = opened()) {
            List<RevisionId> revisions = new ArrayList<>();
            for (int step = 0; step < 25; step++) {
                int many = 1 + random.nextInt(3);
                List<Teaching> teachings = new ArrayList<>();
                for (int i = 0; i < many; i++) {
                    teachings.add(named("id" + random.nextInt(12), "text " + random.nextInt(9), label(random)));
                }
                // The same text under an id, so that nothing is erased on the way.
                teachings.replaceAll(teaching -> named(
                        "id " + teaching.input().text().value(),
                        teaching.input().text().value(),
                        ((Answer.OneLabel) teaching.answer()).label()));
                school.teach(teachings);
                revisions.add(answering(school));
                if (random.nextInt(4) == 0) {
                    RevisionId back = revisions.get(random.nextInt(revisions.size()));
                    school.teacher().revisions().promote(School.TASK, back, false);
                }
            }
            for (RevisionId revision : revisions) {
                TaskRevisions.Rebuilt rebuilt = school.teacher().revisions().rebuild(School.TASK, revision);
                assertThat(rebuilt.differences()).as("%s", revision).isEmpty();
                assertThat(rebuilt.isSame()).as("%s", revision).isTrue();
            }
        }
    }

    @Test
    void diff_ofACandidate_namesWhatTheTaskHoldsAsTheTaskDoes() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"));
            RevisionId candidate = school.teacher()
                    .stage(
                            School.TASK,
                            List.of(
                                    School.teaching("text 3", "blue"),
                                    School.teaching("a green one", "blue"),
                                    School.teaching("the sky", "blue")),
                            false)
                    .revision();
            school.teach(School.teaching("text 3", "blue"), School.teaching("a green one", "green"));
            List<String> held = school.store().examples(School.TASK).stream()
                    .map(Example::id)
                    .toList();

            RevisionDiff diff = school.teacher().revisions().diff(School.TASK, answering(school), candidate, 100);

            assertThat(texts(diff.added())).containsExactlyInAnyOrder("a green one", "the sky");
            assertThat(texts(diff.removed())).containsExactly("a green one");
            assertThat(diff.compared()).isEqualTo(4);
            assertThat(diff.changed())
                    .filteredOn(changed -> text(changed.example()).equals("a green one"))
                    .singleElement()
                    .satisfies(changed ->
                            assertThat(held).contains(changed.example().id()));
        }
    }

    private static List<String> texts(List<Example> examples) {
        return examples.stream().map(TaskRevisionsTest::text).toList();
    }

    private static String text(Example example) {
        return example.teaching().input().text().value();
    }

    @Test
    void rebuild_aRevisionWithALabelThatIsGone_storesNothingOfIt() {
        try (School school = opened()) {
            school.teach(School.teaching("one red thing", "red"));
            RevisionId first = answering(school);
            school.teach(School.teaching("text 3", "secret"));
            RevisionId second = answering(school);
            school.teacher().revisions().promote(School.TASK, first, false);
            school.teach(School.teaching("a green one", "green"));
            Set<String> before = storedLabels(school);
            assertThat(before).hasSize(LABELS.size());

            assertThat(school.teacher().revisions().rebuild(School.TASK, second).isSame())
                    .isTrue();

            assertThat(storedLabels(school)).isEqualTo(before);
        }
    }

    private static Set<String> storedLabels(School school) {
        return school.encoders().ready().stream()
                .map(encoder -> school.store()
                        .labelVectors(School.TASK, encoder.info().digest())
                        .keySet())
                .reduce(new HashSet<>(), (all, some) -> {
                    all.addAll(some);
                    return all;
                });
    }

    private static String label(Random random) {
        return LABELS.get(random.nextInt(LABELS.size()));
    }

    private static Teaching named(String externalId, String text, String label) {
        return new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.of(externalId), 1);
    }

    private static School opened() {
        School school = School.open(School.SMALL);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, LABELS.toArray(String[]::new)));
        return school;
    }

    private static RevisionId answering(School school) {
        Ensemble ensemble = school.ensemble();
        return ensemble.answerRevision();
    }

    private static List<Prediction> answers(School school) {
        return school.predict(QUESTIONS, Mode.FULL);
    }
}
