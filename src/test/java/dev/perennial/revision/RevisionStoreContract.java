// SPDX-License-Identifier: Apache-2.0
package dev.perennial.revision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.revision.Served.MemberPin;
import dev.perennial.task.Answer;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Example;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.Policy;
import dev.perennial.task.QuarantineReason;
import dev.perennial.task.Quarantined;
import dev.perennial.task.RevisionId;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskSettings;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.task.WholeTask;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RevisionStore} keeps to, beside the {@link TaskStore} of the same store. */
public abstract class RevisionStoreContract {
    private static final TaskId TASK = new TaskId("task");
    private static final TaskId OTHER = new TaskId("other");
    private static final RevisionId END = new RevisionId(Long.MAX_VALUE);
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private TaskStore tasks;
    private RevisionStore revisions;

    /** Both ports of one empty store. */
    protected abstract Ports create(InstantSource clock) throws Exception;

    /** The two ports of a store. */
    public record Ports(TaskStore tasks, RevisionStore revisions) {}

    @BeforeEach
    void createStore() throws Exception {
        Ports ports = create(now::get);
        tasks = ports.tasks();
        revisions = ports.revisions();
    }

    @Test
    void page_listsTheRevisionsOfATaskLatestFirst() {
        RevisionId defined = define(TASK, "a");
        define(OTHER, "a");
        RevisionId taught = teach("x", "one", "a");
        RevisionId renewed = tasks.renew(TASK).orElseThrow().revision();

        assertThat(revisions.page(TASK, END, 10)).extracting(Revision::id).containsExactly(renewed, taught, defined);
        assertThat(revisions.page(TASK, END, 10))
                .extracting(Revision::cause)
                .containsExactly("renew", "teach", "define");
        assertThat(revisions.page(TASK, END, 10))
                .extracting(Revision::parent)
                .containsExactly(Optional.of(taught), Optional.of(defined), Optional.empty());
        assertThat(revisions.page(TASK, renewed, 1)).extracting(Revision::id).containsExactly(taught);
        assertThat(revisions.page(new TaskId("none"), END, 10)).isEmpty();
        assertThat(revisions.find(TASK, taught)).isPresent();
        assertThat(revisions.find(OTHER, taught)).isEmpty();
        assertThat(revisions.state(OTHER, taught)).isEmpty();
    }

    @Test
    void aTaskThatWasRemoved_beginsItsHistoryAnew() {
        define(TASK, "a");
        RevisionId old = teach("x", "one", "a");
        revisions.alias(TASK, "good", Optional.of(old));
        tasks.remove(TASK);
        assertThat(revisions.page(TASK, END, 10)).isEmpty();
        assertThat(revisions.find(TASK, old)).isEmpty();

        RevisionId again = define(TASK, "b");

        assertThat(revisions.page(TASK, END, 10)).extracting(Revision::id).containsExactly(again);
        assertThat(revisions.page(TASK, END, 10)).extracting(Revision::parent).containsExactly(Optional.empty());
        assertThat(revisions.find(TASK, old)).isEmpty();
        assertThat(revisions.aliases(TASK)).isEmpty();
        assertThat(revisions.history(TASK, "good", Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void state_tellsDefinitionAndExamplesOfEachRevision() {
        Policy policy = new Policy(
                        0.8,
                        OptionalDouble.of(0.3),
                        0.02,
                        OptionalDouble.of(0.5),
                        Map.of("ä", Map.of("b\"", 2.5, "c", 0.1)))
                .withLearning(new Policy.Learning(OptionalDouble.of(0.25), true));
        Task first = new Task(
                TASK,
                Kind.MULTILABEL,
                InputKind.PAIR,
                "Which? ü 🙂",
                List.of(new Label("b", "second"), new Label("a", "")),
                Optional.empty(),
                policy);
        Task second = new Task(
                TASK,
                Kind.REGRESSION,
                InputKind.TEXT,
                "",
                List.of(),
                Optional.of(new ScoreRange(-0.1, 1e-300)),
                Policy.DEFAULT);
        RevisionId one = tasks.define(first).task().revision();
        RevisionId taught = teach("x", "one", "a");
        RevisionId two = tasks.define(second).task().revision();

        assertThat(state(one)).isEqualTo(new TaskState(first, List.of(), 0));
        assertThat(state(taught).task()).isEqualTo(first);
        assertThat(state(taught).examples()).extracting(TaskText::of).containsExactly("one");
        assertThat(state(two).task()).isEqualTo(second);
        assertThat(state(two).examples()).hasSize(1);
    }

    @Test
    void keep_ofATaskThatAnswersByTheRevisionOfAnother_leavesThatAsItIs() {
        define(TASK, "a");
        define(OTHER, "a");
        RevisionId taught = teach("x", "one", "a");
        Served served = new Served("digest", List.of(new MemberPin("a", "1")), 1);

        revisions.keep(OTHER, taught, new Served("other", List.of(), 0));
        assertThat(revisions.find(TASK, taught).orElseThrow().served()).isEmpty();
        revisions.keep(TASK, taught, served);

        assertThat(revisions.find(TASK, taught).orElseThrow().served()).contains(served);
    }

    @Test
    void restore_setsAsideAndBringsBack() {
        define(TASK, "a", "b");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("y", "two", "b");
        List<Example> before = tasks.examples(TASK);

        RevisionStore.Restored back = revisions.restore(TASK, first, Optional.of(first));

        assertThat(back.removed()).containsExactly(before.get(1).id());
        assertThat(back.returned()).isEmpty();
        assertThat(back.task()).isEqualTo(tasks.task(TASK).orElseThrow());
        assertThat(back.task().examples()).isEqualTo(1);
        assertThat(back.task().revision().number()).isEqualTo(tasks.latestRevision());
        assertThat(tasks.examples(TASK)).extracting(TaskText::of).containsExactly("one");
        assertThat(tasks.example(TASK, before.get(1).id())).isEmpty();
        assertThat(tasks.kept(TASK, before.get(1).id())).contains(before.get(1));
        assertThat(restored(back.task().revision())).contains(first);
        assertThat(restored(second)).isEmpty();

        RevisionStore.Restored forth = revisions.restore(TASK, second, Optional.empty());

        assertThat(forth.returned()).containsExactly(before.get(1));
        assertThat(tasks.examples(TASK)).isEqualTo(before);
        assertThat(restored(forth.task().revision())).isEmpty();
        assertThat(texts(first)).containsExactly("one");
        assertThat(texts(second)).containsExactly("one", "two");
        assertThat(texts(back.task().revision())).containsExactly("one");
        assertThat(revisions.history(TASK, "serving", Long.MAX_VALUE, 10))
                .extracting(AliasChange::revision)
                .containsExactly(Optional.of(forth.task().revision()), Optional.of(first));
    }

    @Test
    void restore_withMembersOfItsOwn_hasThemUntilTheyAreLetGo() {
        define(TASK, "a");
        define(OTHER, "a");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("y", "two", "a");
        List<MemberPin> own = List.of(new MemberPin("m", "d1"), new MemberPin("n", "d2"));
        assertThat(revisions.pins()).isEmpty();

        revisions.restore(TASK, first, Optional.of(first), own);
        assertThat(revisions.pins()).containsExactly(Map.entry(TASK, own));
        revisions.restore(TASK, second, Optional.of(second), own.subList(0, 1));
        assertThat(revisions.pins()).containsExactly(Map.entry(TASK, own.subList(0, 1)));
        revisions.unpin(Set.of(OTHER));
        assertThat(revisions.pins()).containsOnlyKeys(TASK);
        revisions.unpin(Set.of(TASK, OTHER));
        assertThat(revisions.pins()).isEmpty();
        revisions.restore(TASK, first, Optional.of(first), own);
        revisions.restore(TASK, second, Optional.of(second));
        assertThat(revisions.pins()).isEmpty();
        revisions.restore(TASK, first, Optional.of(first), own);
        tasks.remove(TASK);
        assertThat(revisions.pins()).isEmpty();
    }

    @Test
    void membersThen_areOfTheRevisionsThatAreKept() {
        define(TASK, "a");
        RevisionId first = teach("x", "one", "a");
        revisions.keep(TASK, first, new Served("digest", List.of(new MemberPin("m", "old")), 1));
        now.set(NOW.plus(Duration.ofDays(2)));
        RevisionId second = teach("y", "two", "a");
        revisions.keep(
                TASK,
                second,
                new Served("other", List.of(new MemberPin("m", "new"), new MemberPin("n", "further")), 2));

        assertThat(revisions.membersThen(TASK)).containsExactlyInAnyOrder("old", "new", "further");
        assertThat(revisions.membersThen(OTHER)).isEmpty();
        now.set(NOW.plus(Duration.ofDays(5)));
        tasks.expire(TASK, NOW.plus(Duration.ofDays(4)));
        assertThat(revisions.membersThen(TASK)).containsExactlyInAnyOrder("new", "further");
    }

    @Test
    void restore_manyTimes_keepsEveryState() {
        define(TASK, "a");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("y", "two", "a");
        RevisionId third = teach("z", "three", "a");
        for (int i = 0; i < 3; i++) {
            revisions.restore(TASK, first, Optional.of(first));
            revisions.restore(TASK, third, Optional.of(third));
        }
        RevisionId middle =
                revisions.restore(TASK, second, Optional.of(second)).task().revision();
        RevisionId branch = teach("w", "four", "a");

        assertThat(texts(first)).containsExactly("one");
        assertThat(texts(second)).containsExactly("one", "two");
        assertThat(texts(third)).containsExactly("one", "two", "three");
        assertThat(texts(middle)).containsExactly("one", "two");
        assertThat(texts(branch)).containsExactly("one", "two", "four");
    }

    @Test
    void restore_takesVectorsWithIt() {
        define(TASK, "a");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("y", "two", "a");
        List<String> ids = tasks.examples(TASK).stream().map(Example::id).toList();
        revisions.restore(TASK, first, Optional.of(first));

        assertThat(revisions.vectors(TASK, second, "m")).containsOnlyKeys(ids);
        assertThat(revisions.vectors(TASK, first, "m")).containsOnlyKeys(ids.get(0));
        assertThat(revisions.vectors(TASK, second, "m").get(ids.get(1))).containsExactly(3f);
        assertThat(tasks.vectors(TASK, "m")).containsOnlyKeys(ids.get(0));
    }

    @Test
    void teach_anotherAnswerAboutTheSameText_keepsTheFormerOne() {
        define(TASK, "a", "b");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("x", "one", "b");

        assertThat(state(first).erased()).isZero();
        assertThat(state(first).examples())
                .extracting(example -> example.teaching().answer())
                .containsExactly(new Answer.OneLabel("a"));
        assertThat(state(second).examples()).hasSize(1);
    }

    @Test
    void teach_anotherTextInThePlaceOfOne_erasesItWithAllThatWasSaidOfIt() {
        define(TASK, "a", "b");
        RevisionId first = teach("x", "one", "a");
        RevisionId second = teach("x", "one", "b");
        teach("x", "another", "b");

        assertThat(state(first).examples()).isEmpty();
        assertThat(state(first).erased()).isEqualTo(1);
        assertThat(state(second).erased()).isEqualTo(1);
    }

    @Test
    void teach_anotherTextUnderTheIdOfWhatIsSetAside_erasesIt() {
        define(TASK, "a", "b");
        RevisionId first = teach("y", "two", "a");
        RevisionId second = teach("x", "one", "a");
        String setAside = tasks.examples(TASK).get(1).id();
        revisions.restore(TASK, first, Optional.of(first));
        Teaching same = encoded("x", "one", "b").teaching();
        assertThat(tasks.outdated(TASK, List.of(same))).isEmpty();
        Teaching another = encoded("x", "another", "a").teaching();
        assertThat(tasks.outdated(TASK, List.of(another)))
                .extracting(Example::id)
                .containsExactly(setAside);

        teach("x", "another", "a");

        assertThat(tasks.kept(TASK, setAside)).isEmpty();
        assertThat(state(second).erased()).isEqualTo(1);
    }

    @Test
    void forget_reachesEarlierRevisionsAndWhatIsSetAside() {
        define(TASK, "a", "b");
        RevisionId first = teach("x", "one", "a");
        String former = tasks.examples(TASK).get(0).id();
        RevisionId second = teach("x", "one", "b");
        String latter = tasks.examples(TASK).get(0).id();
        assertThat(tasks.kept(TASK, former)).isPresent();

        tasks.forget(TASK, latter);

        assertThat(tasks.kept(TASK, former)).isEmpty();
        assertThat(tasks.kept(TASK, latter)).isEmpty();
        assertThat(state(first)).extracting(TaskState::erased).isEqualTo(1L);
        assertThat(state(second)).extracting(TaskState::erased).isEqualTo(1L);
        assertThat(tasks.task(TASK).orElseThrow().examples()).isZero();
        assertThatThrownBy(() -> tasks.forget(TASK, former)).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void forget_whatIsSetAside_countsNothingTwice() {
        define(TASK, "a");
        RevisionId first = teach("x", "one", "a");
        teach("y", "two", "a");
        String two = tasks.examples(TASK).get(1).id();
        revisions.restore(TASK, first, Optional.of(first));

        TaskStore.Forgotten forgotten = tasks.forget(TASK, two);

        assertThat(forgotten.examplesTotal()).isEqualTo(1);
        assertThat(tasks.task(TASK).orElseThrow().examples()).isEqualTo(1);
    }

    @Test
    void keep_isReadBackAndStaysAsItWas() {
        define(TASK, "a");
        RevisionId taught = teach("x", "one", "a");
        assertThat(revisions.find(TASK, taught).orElseThrow().served()).isEmpty();
        Served served = new Served("ab", List.of(new MemberPin("m", "1"), new MemberPin("n\"", "2")), 1);

        revisions.keep(TASK, taught, served);
        revisions.keep(TASK, taught, new Served("cd", List.of(), 2));

        assertThat(revisions.find(TASK, taught).orElseThrow().served()).contains(served);
    }

    @Test
    void aliases_areTheLastOfEachName() {
        RevisionId defined = define(TASK, "a");
        RevisionId taught = teach("x", "one", "a");
        revisions.alias(TASK, "good", Optional.of(defined));
        revisions.alias(TASK, "better", Optional.of(defined));
        AliasChange last = revisions.alias(TASK, "good", Optional.of(taught));
        revisions.alias(TASK, "better", Optional.empty());

        assertThat(revisions.aliases(TASK)).isEqualTo(Map.of("good", taught));
        assertThat(last.changedAt()).isEqualTo(NOW);
        assertThat(revisions.history(TASK, "good", Long.MAX_VALUE, 10))
                .extracting(AliasChange::revision)
                .containsExactly(Optional.of(taught), Optional.of(defined));
        assertThat(revisions.history(TASK, "good", last.number(), 10)).hasSize(1);
        assertThat(revisions.history(TASK, "good", Long.MAX_VALUE, 1)).containsExactly(last);
        assertThatThrownBy(() -> revisions.alias(OTHER, "good", Optional.empty()))
                .isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void restore_toWhatIsNoRevisionOfTheTask_isNotFound() {
        define(TASK, "a");
        RevisionId other = define(OTHER, "a");
        assertThatThrownBy(() -> revisions.restore(TASK, other, Optional.empty()))
                .isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> revisions.restore(new TaskId("none"), other, Optional.empty()))
                .isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void stage_makesARevisionAndLeavesTheTaskAsItIs() {
        define(TASK, "a", "b");
        RevisionId first = teach("x", "one", "a");
        List<Example> before = tasks.examples(TASK);

        RevisionStore.Staged staged = revisions.stage(
                TASK, List.of(encoded("y", "two", "b"), encoded("x", "another", "b")), Optional.empty(), first);

        RevisionId candidate = staged.outcome().revision();
        assertThat(staged.outcome().taught()).isEqualTo(2);
        assertThat(tasks.examples(TASK)).isEqualTo(before);
        assertThat(staged.task()).isEqualTo(tasks.task(TASK).orElseThrow());
        assertThat(staged.task().examples()).isEqualTo(1);
        assertThat(restored(staged.task().revision())).contains(first);
        assertThat(texts(candidate)).containsExactlyInAnyOrder("two", "another");
        assertThat(state(candidate).erased()).isZero();
        assertThat(revisions.aliases(TASK)).containsEntry("candidate", candidate);
        assertThat(revisions.find(TASK, candidate).orElseThrow().cause()).isEqualTo("stage");

        RevisionId further = revisions
                .stage(TASK, List.of(encoded("z", "three", "b")), Optional.of(candidate), first)
                .outcome()
                .revision();

        assertThat(texts(further)).containsExactlyInAnyOrder("two", "another", "three");
        assertThat(texts(first)).containsExactly("one");
        assertThat(tasks.examples(TASK)).isEqualTo(before);
    }

    @Test
    void replace_beginsTheHistoryAnew_withTheNamesThatAreGiven() {
        define(TASK, "a");
        RevisionId former = teach("x", "one", "a");
        revisions.alias(TASK, "old", Optional.of(former));
        Task task = tasks.task(TASK).orElseThrow().task();

        RevisionId stored = tasks.replace(
                        new WholeTask(
                                task,
                                List.of(encoded("y", "two", "a")),
                                List.of(),
                                List.of("mine", "yours"),
                                List.of(),
                                TaskSettings.NONE),
                        Idempotency.ofJob("job_1", 0),
                        now -> new Idempotency.Reply(200, ""))
                .revision();

        assertThat(revisions.aliases(TASK)).isEqualTo(Map.of("mine", stored, "yours", stored));
        assertThat(revisions.find(TASK, former)).isEmpty();
        assertThat(texts(stored)).containsExactly("two");
        assertThat(state(stored).erased()).isZero();
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void expire_letsGoOfWhatEndedBefore_withWhatOnlyThatHad() {
        RevisionId first = define(TASK, "a");
        RevisionId one = teach("x", "one", "a");
        RevisionId corrected = teach("x", "one", "b");
        revisions.alias(TASK, "mine", Optional.of(corrected));
        RevisionId wrong = teach("y", "two", "b");
        RevisionId back = revisions
                .restore(TASK, corrected, Optional.of(corrected))
                .task()
                .revision();
        define(TASK, "a", "b");
        RevisionId last = define(TASK, "a", "b", "c");
        Instant then = now.get();
        pass(Duration.ofDays(1));
        long before = tasks.latestRevision();

        assertThat(tasks.expiring(TASK, then)).isEqualTo(TaskStore.Expiring.NOTHING);
        tasks.expire(TASK, then);
        assertThat(tasks.latestRevision()).isEqualTo(before);

        Instant end = now.get();
        TaskStore.Expiring expiring = tasks.expiring(TASK, end);
        assertThat(expiring.revisions()).isEqualTo(5);
        assertThat(expiring.examples()).extracting(TaskText::of).containsExactlyInAnyOrder("one", "two");
        tasks.expire(TASK, end);

        assertThat(List.of(first, one, wrong, back)).allMatch(revision -> isLost(revision));
        assertThat(isLost(corrected)).isFalse();
        assertThat(isLost(last)).isFalse();
        expiring.examples()
                .forEach(example -> assertThat(tasks.kept(TASK, example.id())).isEmpty());
        assertThat(texts(corrected)).containsExactly("one");
        assertThat(state(corrected).erased()).isZero();
        assertThat(state(corrected).task().labels()).hasSize(1);
        assertThat(texts(last)).containsExactly("one");
        assertThat(state(last).erased()).isZero();
        assertThat(tasks.examples(TASK)).hasSize(1);
        assertThat(tasks.task(TASK).orElseThrow().revision()).isEqualTo(last);
        assertThat(tasks.expiring(TASK, end)).isEqualTo(TaskStore.Expiring.NOTHING);

        revisions.alias(TASK, "mine", Optional.empty());
        tasks.expire(TASK, end);
        assertThat(isLost(corrected)).isTrue();
    }

    @Test
    void expire_keepsWhatWasThereAtTheTime_andWhatAnswers() {
        define(TASK, "a");
        RevisionId one = teach("x", "one", "a");
        RevisionId two = teach("y", "two", "a");
        pass(Duration.ofDays(2));
        RevisionId three = teach("z", "three", "a");
        pass(Duration.ofDays(1));
        revisions.restore(TASK, one, Optional.of(one));

        tasks.expire(TASK, now.get().minus(Duration.ofDays(2)));

        assertThat(List.of(one, two, three)).noneMatch(revision -> isLost(revision));
        assertThat(texts(three)).containsExactly("one", "two", "three");
        tasks.expire(TASK, now.get());
        assertThat(isLost(one)).isFalse();
        assertThat(isLost(two)).isTrue();
        assertThat(isLost(three)).isFalse();
        assertThat(tasks.kept(TASK, tasks.examples(TASK).get(0).id())).isPresent();
        assertThat(texts(three)).containsExactly("one", "two", "three");
        pass(Duration.ofDays(1));
        tasks.expire(TASK, now.get());
        assertThat(isLost(three)).isTrue();
        assertThat(state(three).erased()).isEqualTo(2);
    }

    @Test
    void expire_keepsWhatIsInQuarantine() {
        define(TASK, "a");
        teach("x", "one", "a");
        String example = tasks.examples(TASK).get(0).id();
        tasks.quarantine(TASK, Map.of(example, QuarantineReason.NAMED));
        pass(Duration.ofDays(1));

        tasks.expire(TASK, now.get());

        assertThat(apart()).containsExactly(example);
        tasks.release(TASK, Set.of(example));
        assertThat(tasks.examples(TASK)).extracting(Example::id).containsExactly(example);
    }

    private boolean isLost(RevisionId revision) {
        return revisions.find(TASK, revision).orElseThrow().lost();
    }

    @Test
    void quarantine_isPartOfTheState_toWhichOneGoesBackAndForth() {
        define(TASK, "a");
        RevisionId one = teach("x", "one", "a");
        RevisionId two = teach("y", "two", "a");
        String first = tasks.examples(TASK).get(0).id();
        String second = tasks.examples(TASK).get(1).id();
        QuarantineReason reason = new QuarantineReason(QuarantineReason.Cause.LEVERAGE, OptionalDouble.of(0.75));
        RevisionId apart = tasks.quarantine(TASK, Map.of(second, reason)).revision();
        RevisionId both =
                tasks.quarantine(TASK, Map.of(first, QuarantineReason.NAMED)).revision();

        assertThat(texts(two)).containsExactly("one", "two");
        assertThat(texts(apart)).containsExactly("one");
        assertThat(texts(both)).isEmpty();
        assertThat(state(both).erased()).isZero();

        assertThat(revisions.restore(TASK, one, Optional.of(one)).task().examples())
                .isEqualTo(1);
        assertThat(apart()).as("what was not taught then").isEmpty();
        assertThat(tasks.release(TASK, Set.of(second)).examples()).isEmpty();
        revisions.restore(TASK, two, Optional.of(two));
        assertThat(apart()).isEmpty();
        assertThat(tasks.examples(TASK)).hasSize(2);
        RevisionStore.Restored restored = revisions.restore(TASK, apart, Optional.of(apart));
        assertThat(restored.removed()).containsExactly(second);
        assertThat(tasks.quarantined(TASK, "", 5))
                .extracting(Quarantined::reason)
                .containsExactly(reason);
        revisions.restore(TASK, both, Optional.of(both));
        assertThat(apart()).containsExactly(first, second);
        RevisionId back = tasks.release(TASK, Set.of(first, second)).revision();
        assertThat(texts(back)).containsExactly("one", "two");
        assertThat(texts(apart)).containsExactly("one");

        RevisionStore.Staged staged =
                revisions.stage(TASK, List.of(encoded("z", "three", "a")), Optional.of(apart), back);
        assertThat(texts(staged.outcome().revision())).containsExactly("one", "three");
        assertThat(apart()).isEmpty();
        revisions.restore(TASK, staged.outcome().revision(), Optional.empty());
        assertThat(apart()).containsExactly(second);
        revisions.restore(TASK, one, Optional.of(one));
        assertThat(apart()).isEmpty();
    }

    @Test
    void expire_leavesWhatIsInQuarantine() {
        define(TASK, "a");
        teach("x", "one", "a");
        teach("y", "two", "a");
        String example = tasks.examples(TASK).get(0).id();
        tasks.quarantine(TASK, Map.of(example, QuarantineReason.NAMED));
        teach("z", "three", "a");
        pass(Duration.ofDays(1));
        tasks.expire(TASK, now.get());
        assertThat(apart()).containsExactly(example);
        assertThat(tasks.release(TASK, Set.of(example)).examplesTotal()).isEqualTo(3);
    }

    private List<String> apart() {
        return tasks.quarantined(TASK, "", 5).stream()
                .map(each -> each.example().id())
                .toList();
    }

    private TaskState state(RevisionId revision) {
        return revisions.state(TASK, revision).orElseThrow();
    }

    private Optional<RevisionId> restored(RevisionId revision) {
        return revisions.find(TASK, revision).flatMap(Revision::restored);
    }

    private List<String> texts(RevisionId revision) {
        return state(revision).examples().stream().map(TaskText::of).toList();
    }

    private RevisionId define(TaskId id, String... labels) {
        return tasks.define(new Task(
                        id,
                        Kind.CLASSIFICATION,
                        InputKind.TEXT,
                        "",
                        List.of(labels).stream()
                                .map(label -> new Label(label, ""))
                                .toList(),
                        Optional.empty(),
                        Policy.DEFAULT))
                .task()
                .revision();
    }

    private RevisionId teach(String externalId, String text, String label) {
        return tasks.teach(TASK, List.of(encoded(externalId, text, label)), Optional.empty(), outcome -> {
                    throw new AssertionError("no reply was asked for");
                })
                .revision();
    }

    private static EncodedTeaching encoded(String externalId, String text, String label) {
        Teaching teaching =
                new Teaching(Input.of(new Text(text)), new Answer.OneLabel(label), Optional.of(externalId), 1);
        return new EncodedTeaching(teaching, Map.of("m", new float[] {text.length()}));
    }

    private static final class TaskText {
        static String of(Example example) {
            return example.teaching().input().text().value();
        }
    }
}
