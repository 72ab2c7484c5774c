// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Embedding;
import dev.perennial.encode.EncoderInfo;
import dev.perennial.encode.Passage;
import dev.perennial.encode.ReadingObserver;
import dev.perennial.ensemble.CascadeAudit;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Explanation;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.ensemble.PredictionObserver;
import dev.perennial.ensemble.PredictionRequest;
import dev.perennial.ensemble.Predictor;
import dev.perennial.knowledge.FakeGraph;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.LinkingEncoder;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.Idempotency;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers say of the state that gave them, while knowledge graphs change, go and fail. */
final class AnswerRevisionTest {
    private static final long SEED = Long.getLong("perennial.seed", 7);
    private static final TaskId OTHER = new TaskId("other");
    private static final int KINDS = 3;
    private static final int TAUGHT = 60;
    private static final GraphId ID = new GraphId("kinds");
    private static final FitSettings SETTINGS =
            new FitSettings(12, 128, 64, 64, 400, List.of(1.0), List.of(0.1), List.of(0.01), 0.25);

    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Set<String> failingAfter = ConcurrentHashMap.newKeySet();

    /** What happens once, when a method has done what it is asked. */
    private final Map<String, Runnable> afterwards = new ConcurrentHashMap<>();

    private final List<School> schools = new ArrayList<>();
    private final Map<String, Integer> kindByName = new HashMap<>();
    private final List<Teaching> teachings = new ArrayList<>();

    AnswerRevisionTest() {
        Random random = new Random(SEED);
        for (int i = 0; i < TAUGHT; i++) {
            String name = Integer.toString(random.nextInt(Character.MAX_RADIX * 10_000_000), Character.MAX_RADIX);
            kindByName.put(name, i % KINDS);
            teachings.add(School.teaching("what is " + name, "kind" + i % KINDS));
        }
    }

    @AfterEach
    void close() {
        schools.forEach(School::close);
    }

    private School school() {
        School school = School.on(store(), SETTINGS);
        schools.add(school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        return school;
    }

    /** Fails where it is told to: before it does what it is asked, or after. */
    private TaskStore store() {
        TaskStore real = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, method, arguments) -> {
                    try {
                        refuse(failing.contains(method.getName()));
                        Object result = method.invoke(real, arguments);
                        refuse(failingAfter.contains(method.getName()));
                        Optional.ofNullable(afterwards.remove(method.getName())).ifPresent(Runnable::run);
                        return result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private static void refuse(boolean refused) {
        if (refused) {
            throw new Refusal.StoreUnavailable("The disk is away.", 1);
        }
    }

    private School listening() {
        School school = school();
        school.graphs().add(new LiveGraph(new Breaking(new FakeGraph(ID, kindByName))));
        school.teach(teachings);
        assertThat(listens(school)).as("seed %d", SEED).isTrue();
        return school;
    }

    private static boolean listens(School school) {
        return school.predict("what is it").membersUsed().contains(ID.memberId());
    }

    private static RevisionId answered(School school) {
        return school.predictor()
                .predict(School.TASK, new PredictionRequest(List.of(Input.of(new Text("hello"))), 1, Mode.FULL, false))
                .revision();
    }

    private static LiveGraph graph(School school) {
        return school.graphs().all().get(0);
    }

    private FakeGraph withOneMore(String name) {
        Map<String, Integer> more = new HashMap<>(kindByName);
        more.put(name, 1);
        return new FakeGraph(ID, more);
    }

    @Test
    void graphThatIsListenedTo_movesTheRevisionOfAnswers() {
        School school = listening();
        RevisionId before = answered(school);

        graph(school).become(withOneMore("late"));
        school.teacher().graphsChanged();
        RevisionId once = answered(school);
        graph(school).become(withOneMore("later"));
        school.teacher().graphsChanged();

        assertThat(once).isGreaterThan(before);
        assertThat(answered(school)).isGreaterThan(once);
    }

    @Test
    void answers_areOfTheStateThatTheirRevisionNames() {
        School school = listening();
        RevisionId before = answered(school);

        graph(school).become(withOneMore("late"));

        assertThat(answered(school)).isEqualTo(before);
        assertThat(votes(school.predict("what is late"))).isEqualTo(votes(school.predict("what is nothing")));
        school.teacher().graphsChanged();
        assertThat(votes(school.predict("what is late"))).isNotEqualTo(votes(school.predict("what is nothing")));
    }

    /** What the graph alone says. */
    private static List<Explanation.Vote> votes(Prediction prediction) {
        return prediction.explanation().orElseThrow().members().stream()
                .filter(vote -> vote.member().equals(ID.memberId()))
                .toList();
    }

    @Test
    void learningAnew_movesTheRevisionOfAnswers() {
        School school = school();
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName).shuffled(SEED)));
        school.teach(teachings);
        RevisionId before = answered(school);
        graph(school).become(new FakeGraph(ID, kindByName));

        school.teacher().hearAnew();

        assertThat(listens(school)).isTrue();
        assertThat(answered(school)).isGreaterThan(before);
    }

    @Test
    void graphThatIsNotListenedTo_leavesTheRevisionOfAnswers() {
        School school = school();
        school.graphs().add(new LiveGraph(new FakeGraph(ID, Map.of("elsewhere", 1))));
        school.teach(teachings);
        RevisionId before = answered(school);

        graph(school).become(new FakeGraph(ID, Map.of("elsewhere", 2)));
        school.teacher().graphsChanged();
        school.teacher().hearAnew();

        assertThat(answered(school)).isEqualTo(before);
    }

    @Test
    void restart_afterAChangeOfAGraph_repeatsNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        graph(school).become(withOneMore("late"));
        school.store().define(other("one"));
        school.teacher().graphsChanged();

        School again = school.restarted();
        schools.add(again);

        assertThat(listens(again)).isTrue();
        assertThat(answered(again)).isGreaterThan(first);
    }

    @Test
    void restart_afterAGraphIsGone_repeatsNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        school.graphs().remove(ID.memberId());
        school.store().define(other("one"));
        school.teacher().graphsChanged();
        school.store().define(other("two"));
        school.teacher().hearAnew();

        School again = school.restarted();
        schools.add(again);

        assertThat(listens(again)).isFalse();
        assertThat(answered(again)).isGreaterThan(first).isEqualTo(answered(school));
    }

    private static Task other(String label) {
        Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT, label);
        return new Task(
                OTHER, task.kind(), task.input(), task.instruction(), task.labels(), task.scoreRange(), task.policy());
    }

    @Test
    void graphThatIsGone_isNotUsedFromThenOn() {
        School school = listening();
        RevisionId before = answered(school);

        school.graphs().remove(ID.memberId());
        school.teacher().graphsChanged();

        Prediction prediction =
                school.predict("what is " + kindByName.keySet().iterator().next());
        assertThat(prediction.membersUsed()).containsExactly("a", "b");
        assertThat(prediction.explanation().orElseThrow().members())
                .extracting(Explanation.Vote::member)
                .isNotEmpty()
                .doesNotContain(ID.memberId(), "joint");
        assertThat(prediction.explanation().orElseThrow().members().stream()
                        .mapToDouble(Explanation.Vote::weight)
                        .sum())
                .isBetween(0.999, 1.001);
        assertThat(prediction.explanation().orElseThrow().without()).noneMatch(Explanation.Without::graph);
        RevisionId without = answered(school);
        assertThat(without).isGreaterThan(before);
        School never = school();
        never.teach(teachings);
        school.teacher().hearAnew();
        assertThat(school.digest()).isEqualTo(never.digest());
        assertThat(answered(school)).isGreaterThan(without);
    }

    @Test
    void graphThatIsGone_isNotUsedByWhatIsTaughtThen() {
        School school = listening();

        school.graphs().remove(ID.memberId());
        school.teacher().graphsChanged();
        school.teach(School.teaching("hello", "kind1"));

        assertThat(listens(school)).isFalse();
    }

    @Test
    void changesOfNoTask_areServedAsSoonAsTheyAreStored() {
        School school = school();
        school.teach(School.teaching("hello", "kind1"));
        RevisionId other = school.store().renew(School.TASK).orElseThrow().revision();

        assertThatCode(() -> school.active().requireAtLeast(School.TASK, other)).doesNotThrowAnyException();
        assertThatCode(() -> school.active().requireAtLeast(other)).doesNotThrowAnyException();
        RevisionId none = new RevisionId(other.number() + 1);
        assertThatThrownBy(() -> school.active().requireAtLeast(none)).isInstanceOf(Refusal.NotReady.class);
    }

    @Test
    void changesThatAreAwaited_areNotServed_thoughLaterOnesAre() {
        School school = listening();
        RevisionId pending = school.store().renew(School.TASK).orElseThrow().revision();
        school.graphs().await(ID.memberId(), pending);
        RevisionId later = school.store().renew(School.TASK).orElseThrow().revision();
        graph(school).become(withOneMore("late"));
        school.teacher().graphsChanged();

        assertThatThrownBy(() -> school.active().requireAtLeast(School.TASK, pending))
                .isInstanceOf(Refusal.NotReady.class);
        assertThatThrownBy(() -> school.active().requireAtLeast(pending)).isInstanceOf(Refusal.NotReady.class);
        school.active().requireAtLeast(School.TASK, later);

        school.graphs().settle(Set.of(pending));
        school.active().requireAtLeast(School.TASK, pending);
    }

    /** Knows, and fails to read where it is told to. */
    private static final class Breaking implements LinkingEncoder {
        private final LinkingEncoder of;
        private volatile boolean isBroken;
        private volatile boolean isUndealable;

        Breaking(LinkingEncoder of) {
            this.of = of;
        }

        @Override
        public EncoderInfo info() {
            return of.info();
        }

        @Override
        public List<Embedding> encode(List<Passage> passages) {
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            return of.encode(passages);
        }

        @Override
        public List<LinkedEntity> links(Passage passage) {
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            return of.links(passage);
        }

        @Override
        public LinkingEncoder shuffled(long seed) {
            if (isUndealable) {
                throw new IllegalStateException("broken");
            }
            return of.shuffled(seed);
        }

        @Override
        public void close() {}
    }

    private static void breakGraph(School school) {
        ((Breaking) graph(school).snapshot()).isBroken = true;
    }

    @Test
    void graphThatFails_isLeftOutOfAnswersAndOfExplanations() {
        School school = listening();
        breakGraph(school);

        for (Mode mode : Mode.values()) {
            List<Prediction> predictions = school.predict(
                    List.of(
                            Input.of(new Text("what is it")),
                            Input.of(new Text(kindByName.keySet().iterator().next()))),
                    mode);

            assertThat(predictions).hasSize(2).allSatisfy(prediction -> {
                assertThat(prediction.label()).isPresent();
                assertThat(prediction.membersUsed()).isNotEmpty().doesNotContain(ID.memberId());
                assertThat(prediction.explanation().orElseThrow().entities()).isEmpty();
            });
        }
    }

    @Test
    void graphThatFails_keepsNoTaskFromBeingTaught() {
        School school = listening();
        breakGraph(school);

        school.teach(School.teaching("what is new", "kind1"));

        assertThat(school.ensemble().examples()).isEqualTo(TAUGHT + 1);
        assertThat(listens(school)).isFalse();
    }

    @Test
    void hearing_afterAHalfDoneChange_learnsWhatWasTaught() {
        School school = school();
        school.teach(School.teaching("where is my parcel", "delivery"), School.teaching("hi", "chat"));
        failingAfter.add("teach");
        failing.add("examples");
        assertThatThrownBy(() -> school.teach(School.teaching("hello", "chat")))
                .isInstanceOf(Refusal.StoreUnavailable.class);
        failing.clear();
        failingAfter.clear();
        assertThat(school.ensemble().examples()).isEqualTo(2);

        school.graphs().add(new LiveGraph(new FakeGraph(ID, Map.of("parcel", 1))));
        school.teacher().hearAnew();

        assertThat(school.ensemble().examples()).isEqualTo(3);
    }

    @Test
    void hearing_thatCouldNotBeLearnt_isTriedAgain() {
        School school = school();
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName).shuffled(SEED)));
        school.teach(teachings);
        assertThat(listens(school)).isFalse();
        Breaking knowing = new Breaking(new FakeGraph(ID, kindByName));
        graph(school).become(knowing);

        knowing.isUndealable = true;
        school.teacher().hearAnew();
        assertThat(listens(school)).isFalse();
        assertThat(school.teacher().isToHear()).isTrue();

        knowing.isUndealable = false;
        school.teacher().hearAnew();
        assertThat(listens(school)).isTrue();
        assertThat(school.teacher().isToHear()).isFalse();
    }

    /** Killed before what it learnt was kept, which is done some seconds later. */
    private School killed(School school) {
        School again = School.on(school.store(), SETTINGS);
        schools.add(again);
        school.graphs().all().forEach(again.graphs()::add);
        again.teacher().restore();
        return again;
    }

    @Test
    void kill_afterAChangeOfAGraph_repeatsNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        RevisionId second = afterAChange(school);

        School again = killed(school);

        assertThat(listens(again)).isTrue();
        assertThat(answered(again)).isGreaterThan(second).isGreaterThan(first);
    }

    @Test
    void kill_afterAGraphIsGone_repeatsNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        school.graphs().remove(ID.memberId());
        school.store().define(other("one"));
        school.teacher().graphsChanged();
        RevisionId second = answered(school);

        School again = killed(school);

        assertThat(listens(again)).isFalse();
        assertThat(answered(again)).isGreaterThan(second).isGreaterThan(first);
    }

    @Test
    void kill_whereTheGraphSaysTheSame_keepsTheRevision_andFollowsByAnother() {
        School school = School.on(new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH)), SETTINGS);
        schools.add(school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings);
        RevisionId first = answered(school);

        School again = killed(school);
        assertThat(listens(again)).isTrue();
        assertThat(answered(again)).isEqualTo(first);

        RevisionId second = afterAChange(again);
        assertThat(second).isGreaterThan(first);
        assertThat(answered(killed(again))).isEqualTo(second);

        graph(again).become(withOneMore("later"));
        again.store().define(other("two"));
        again.teacher().graphsChanged();
        RevisionId third = answered(again);
        assertThat(third).isGreaterThan(second);
        assertThat(answered(killed(again))).isGreaterThan(third);
    }

    @Test
    void startThatCannotWrite_servesWhatWasKept_andRepeatsNoRevisionOnceItCan() {
        School school = listening();
        RevisionId first = answered(school);
        RevisionId second = afterAChange(school);

        failing.add("renew");
        School again = school.restarted();
        schools.add(again);
        assertThat(listens(again)).isTrue();
        assertThat(again.active().unserved()).isZero();
        again.pass(Duration.ofMinutes(20));
        again.teacher().retry();
        assertThat(listens(again)).isTrue();

        failing.clear();
        again.pass(Duration.ofMinutes(20));
        again.teacher().retry();
        assertThat(answered(again)).isGreaterThan(second).isGreaterThan(first);
        RevisionId renewed = answered(again);
        again.pass(Duration.ofMinutes(20));
        again.teacher().retry();
        assertThat(answered(again)).isEqualTo(renewed);
    }

    @Test
    void startThatCannotWrite_andChangesOfGraphs_repeatNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        RevisionId second = afterAChange(school);

        failing.add("renew");
        School again = school.restarted();
        schools.add(again);
        failing.clear();
        graph(again).become(withOneMore("later"));
        again.teacher().graphsChanged();

        assertThat(answered(again)).isGreaterThan(second).isGreaterThan(first);
    }

    @Test
    void startThatCannotRead_andLearnsLater_repeatsNoRevision() {
        School school = listening();
        RevisionId first = answered(school);
        RevisionId second = afterAChange(school);

        failing.add("examples");
        School again = school.restarted();
        schools.add(again);
        assertThat(again.active().unserved()).isEqualTo(2);
        failing.clear();
        again.pass(Duration.ofMinutes(20));
        again.teacher().retry();

        assertThat(answered(again)).isGreaterThan(second).isGreaterThan(first);
    }

    @Test
    void sameDefinition_afterAGraphHasChanged_isNotLearntAnew() {
        School school = listening();
        Task task = school.ensemble().task();
        graph(school).become(withOneMore("late"));
        school.teacher().graphsChanged();
        RevisionId before = answered(school);
        Ensemble.Voices voices = school.ensemble().voices();

        RevisionId replied = school.teacher().define(task).task().revision();

        assertThat(answered(school)).isEqualTo(before);
        assertThat(school.ensemble().voices()).isSameAs(voices);
        assertThat(replied).isEqualTo(storedRevision(school));
    }

    /** A graph changes while the definition is stored, so that answers have moved on when it is learnt. */
    @Test
    void definitions_replyWithTheRevisionThatTheTaskHasThen() {
        School school = listening();
        graph(school).become(withOneMore("late"));
        afterwards.put("define", () -> {
            school.store().define(other("one"));
            school.teacher().graphsChanged();
        });
        RevisionId defined = school.teacher()
                .define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "kind0", "kind1", "kind2", "none"))
                .task()
                .revision();
        assertThat(defined).isEqualTo(storedRevision(school));
        assertThat(afterwards).isEmpty();

        graph(school).become(withOneMore("later"));
        afterwards.put("define", () -> {
            school.teacher().graphsChanged();
        });
        RevisionId set = school.teacher()
                .setPolicy(School.TASK, new Policy(0.8, OptionalDouble.empty(), 0.01, OptionalDouble.empty(), Map.of()))
                .task()
                .revision();
        assertThat(set).isEqualTo(storedRevision(school));
    }

    /** The revision that answers after the graph has changed, and another task has taken the revision in between. */
    private RevisionId afterAChange(School school) {
        graph(school).become(withOneMore("late"));
        school.store().define(other("one"));
        school.teacher().graphsChanged();
        return answered(school);
    }

    private static RevisionId storedRevision(School school) {
        return school.store().task(School.TASK).orElseThrow().revision();
    }

    @ParameterizedTest
    @ValueSource(strings = {"task", "other"})
    void taskThatCannotFollow_keepsNoOtherFromIt_andFollowsLater(String last) {
        School school = listening();
        school.teacher().define(other("kind0"));
        school.teacher().teach(OTHER, teachings, Optional.empty(), any -> new Idempotency.Reply(200, ""));
        TaskId unable = new TaskId(last);
        TaskId able = unable.equals(OTHER) ? School.TASK : OTHER;
        school.teacher()
                .teach(
                        unable,
                        List.of(School.teaching("hello", "kind1")),
                        Optional.empty(),
                        any -> new Idempotency.Reply(200, ""));

        // Only answers of the task that has the latest revision take a new one.
        failing.add("renew");
        graph(school).become(withOneMore("late"));
        assertThatCode(school.teacher()::graphsChanged).doesNotThrowAnyException();
        failing.clear();

        assertThat(knowsLate(school, able)).isTrue();
        assertThat(knowsLate(school, unable)).isFalse();
        assertThat(school.teacher().isToHear()).isTrue();
        school.teacher().hearAnew();
        assertThat(knowsLate(school, unable)).isTrue();
    }

    private static boolean knowsLate(School school, TaskId task) {
        List<Input> inputs = List.of(Input.of(new Text("what is late")), Input.of(new Text("what is nothing")));
        List<Prediction> predictions = school.predictor()
                .predict(task, new PredictionRequest(inputs, 100, Mode.FULL, true))
                .predictions();
        return !votes(predictions.get(0)).equals(votes(predictions.get(1)));
    }

    @Test
    void taskThatFails_delaysNoLaterChange() throws InterruptedException {
        School school = listening();
        failing.add("task");
        school.teacher().hearAnew();
        failing.clear();
        assertThat(school.teacher().isToHear()).isTrue();

        graph(school).become(withOneMore("late"));
        school.teacher().graphsChanged();

        for (int i = 0; i < 200 && school.teacher().isToHear(); i++) {
            Thread.sleep(50);
        }
        assertThat(school.teacher().isToHear()).isFalse();
    }

    /** Nobody stopped early: the only way to answer that is left is the whole of what is left. */
    @Test
    void answerWithoutAGraphThatFails_isNotAuditedAgainstItself() throws InterruptedException {
        School school = listening();
        BlockingQueue<TaskId> audited = new LinkedBlockingQueue<>();
        try (CascadeAudit audit =
                new CascadeAudit(1, SEED, school.predictor()::predict, (task, agreed) -> audited.add(task))) {
            Predictor watched = new Predictor(
                    school.active(),
                    school.encoders(),
                    school.graphs(),
                    PredictionObserver.NONE,
                    ReadingObserver.NONE,
                    Optional.of(audit));
            breakGraph(school);

            Prediction prediction = watched.predict(
                            School.TASK,
                            new PredictionRequest(List.of(Input.of(new Text("what is it"))), 1, Mode.AUTO, false))
                    .predictions()
                    .get(0);

            assertThat(prediction.stage()).isEqualTo(Ensemble.FULL_STAGE);
            assertThat(audited.poll(500, TimeUnit.MILLISECONDS)).isNull();
        }
    }
}
