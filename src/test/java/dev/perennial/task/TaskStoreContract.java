// SPDX-License-Identifier: Apache-2.0
package dev.perennial.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.text.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link TaskStore} keeps to. */
public abstract class TaskStoreContract {
    protected static final TaskId BANKING = new TaskId("banking");
    private static final TaskId MOOD = new TaskId("mood");
    private static final Instant START = Instant.parse("2026-03-01T10:00:00.123456Z");
    private static final Function<TeachingOutcome, Idempotency.Reply> NO_REPLY = outcome -> {
        throw new AssertionError("no reply was asked for");
    };

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final InstantSource clock = now::get;
    private TaskStore store;

    /** An empty store. */
    protected abstract TaskStore create(InstantSource clock) throws Exception;

    /** The store as a new process would find it. */
    protected abstract TaskStore reopen(InstantSource clock) throws Exception;

    @BeforeEach
    void createStore() throws Exception {
        store = create(clock);
    }

    @Test
    void emptyStore_hasNoTaskAndRevisionZero() {
        assertThat(store.latestRevision()).isZero();
        assertThat(store.tasks()).isEmpty();
        assertThat(store.task(BANKING)).isEmpty();
        assertThat(store.examples(BANKING)).isEmpty();
        assertThat(store.example(BANKING, "ex_0000000000000001")).isEmpty();
        assertThat(store.vectors(BANKING, "m")).isEmpty();
        assertThat(store.reply("k")).isEmpty();
    }

    @Test
    void define_createsATaskThatReadsBackEqual() {
        Policy policy = new Policy(
                        0.8,
                        OptionalDouble.of(0.3),
                        0.02,
                        OptionalDouble.of(0.5),
                        Map.of("a", Map.of("b", 2.5, "c", 0.1)))
                .withLearning(new Policy.Learning(OptionalDouble.of(0.25), true));
        Task task = new Task(
                BANKING,
                Kind.MULTILABEL,
                InputKind.PAIR,
                "Which? ü 🙂",
                List.of(new Label("b", "second"), new Label("a", "")),
                Optional.empty(),
                policy);
        TaskStore.Defined defined = store.define(task);
        assertThat(defined.created()).isTrue();
        assertThat(defined.task()).isEqualTo(new StoredTask(task, new RevisionId(1), START, 0));
        assertThat(store.task(BANKING)).contains(defined.task());
        assertThat(store.latestRevision()).isEqualTo(1);
    }

    @Test
    void define_keepsTheScoreRange() {
        Task task = new Task(
                BANKING,
                Kind.REGRESSION,
                InputKind.TEXT,
                "",
                List.of(),
                Optional.of(new ScoreRange(-0.1, 1e-300)),
                Policy.DEFAULT);
        store.define(task);
        assertThat(store.task(BANKING).orElseThrow().task()).isEqualTo(task);
    }

    @Test
    void define_replacesTheDefinitionAndKeepsExamplesAndCreationTime() {
        store.define(task(BANKING));
        String example = teach(BANKING, plain("one")).rows().get(0).exampleId();
        now.set(START.plusSeconds(60));
        Task other = new Task(
                BANKING,
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                "again",
                List.of(new Label("new", "")),
                Optional.empty(),
                Policy.DEFAULT);
        TaskStore.Defined defined = store.define(other);
        assertThat(defined.created()).isFalse();
        assertThat(defined.task()).isEqualTo(new StoredTask(other, new RevisionId(3), START, 1));
        assertThat(store.task(BANKING)).contains(defined.task());
        assertThat(store.example(BANKING, example)).isPresent();
    }

    @Test
    void define_theSameAgain_makesNoRevision() {
        StoredTask first = store.define(task(BANKING)).task();
        assertThat(store.define(task(BANKING))).isEqualTo(new TaskStore.Defined(first, false));
        assertThat(store.latestRevision()).isEqualTo(1);
    }

    @Test
    void tasks_areListedInTheOrderOfTheirIds() {
        for (String id : List.of("b", "a-1", "0", "a", "b2")) {
            store.define(task(new TaskId(id)));
        }
        assertThat(ids(store.tasks())).containsExactly("0", "a", "a-1", "b", "b2");
        assertThat(ids(store.tasks("", 2))).containsExactly("0", "a");
        store.define(task(new TaskId("00")));
        assertThat(ids(store.tasks("a", 2))).containsExactly("a-1", "b");
        assertThat(ids(store.tasks("b2", 2))).isEmpty();
        assertThat(ids(store.tasks("aa", 9))).containsExactly("b", "b2");
    }

    @Test
    void remove_takesExamplesAndVectorsWithIt() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        String example = teach(BANKING, encoded("one", Map.of("m", new float[] {1})))
                .rows()
                .get(0)
                .exampleId();
        teach(MOOD, plain("other"));
        assertThat(store.remove(BANKING)).contains(new RevisionId(5));
        assertThat(store.remove(BANKING)).isEmpty();
        assertThat(store.latestRevision()).isEqualTo(5);
        assertThat(ids(store.tasks())).containsExactly("mood");
        assertThat(store.define(task(BANKING)).created()).isTrue();
        assertThat(store.examples(BANKING)).isEmpty();
        assertThat(store.example(BANKING, example)).isEmpty();
        assertThat(store.vectors(BANKING, "m")).isEmpty();
        assertThat(store.examples(MOOD)).hasSize(1);
    }

    @Test
    void replace_leavesNothingOfTheFormerTask() {
        store.define(task(BANKING));
        String former = teach(BANKING, encoded("one", Map.of("m", new float[] {1})))
                .rows()
                .get(0)
                .exampleId();
        store.putLabelVectors(BANKING, "m", Map.of("digest", new float[] {1}));
        Task other =
                task(BANKING).withPolicy(new Policy(0.8, OptionalDouble.empty(), 0, OptionalDouble.empty(), Map.of()));
        Idempotency step = Idempotency.ofJob("job_1", 0);

        StoredTask stored = store.replace(
                new WholeTask(
                        other,
                        List.of(encoded("two", Map.of("n", new float[] {2})), plain("three")),
                        List.of(),
                        List.of(),
                        List.of(),
                        TaskSettings.NONE),
                step,
                now -> new Idempotency.Reply(200, now.examples() + " " + now.revision()));

        assertThat(store.task(BANKING)).contains(stored);
        assertThat(stored.task()).isEqualTo(other);
        assertThat(stored.examples()).isEqualTo(2);
        assertThat(stored.revision().number()).isEqualTo(store.latestRevision());
        assertThat(store.examples(BANKING))
                .extracting(example -> example.teaching().input().text().value())
                .containsExactly("two", "three");
        assertThat(store.kept(BANKING, former)).isEmpty();
        assertThat(store.vectors(BANKING, "m")).isEmpty();
        assertThat(store.vectors(BANKING, "n")).hasSize(1);
        assertThat(store.labelVectors(BANKING, "m")).isEmpty();
        assertThat(store.reply(step.key()).orElseThrow().reply().body()).isEqualTo("2 " + stored.revision());
    }

    @Test
    void replace_whereThereIsNone_createsTheTask() {
        StoredTask stored = store.replace(
                new WholeTask(task(BANKING), List.of(), List.of(), List.of(), List.of(), TaskSettings.NONE),
                Idempotency.ofJob("job_1", 0),
                now -> new Idempotency.Reply(200, ""));

        assertThat(store.task(BANKING)).contains(stored);
        assertThat(stored.examples()).isZero();
    }

    /** They are there in their order, and no revision ever learnt from them. */
    @Test
    void replace_setsApartInOneRevision() {
        store.define(task(BANKING));
        teach(BANKING, plain("former"));
        QuarantineReason suspect = new QuarantineReason(QuarantineReason.Cause.SUSPECT, OptionalDouble.of(0.1 + 0.2));

        StoredTask stored = store.replace(
                new WholeTask(
                        task(BANKING),
                        List.of(plain("one"), plain("two")),
                        List.of(),
                        List.of(),
                        List.of(
                                apart("first", QuarantineReason.NAMED, 0),
                                apart("second", suspect, 1),
                                apart("third", suspect, 1),
                                apart("last", QuarantineReason.NAMED, 2)),
                        TaskSettings.NONE),
                Idempotency.ofJob("job_1", 0),
                now -> new Idempotency.Reply(200, now.examples() + ""));

        assertThat(stored.examples()).isEqualTo(2);
        assertThat(store.task(BANKING)).contains(stored);
        assertThat(texts(store.examples(BANKING))).containsExactly("one", "two");
        List<Quarantined> apart = store.quarantined(BANKING, "", 99);
        assertThat(texts(apart.stream().map(Quarantined::example).toList()))
                .containsExactly("first", "second", "third", "last");
        assertThat(apart)
                .extracting(Quarantined::reason)
                .containsExactly(QuarantineReason.NAMED, suspect, suspect, QuarantineReason.NAMED);
        assertThat(apart).extracting(each -> each.example().addedBy()).containsOnly(stored.revision());
        assertThat(teach(BANKING, plain("first")).taught()).isZero();
        store.release(BANKING, apart.stream().map(each -> each.example().id()).collect(Collectors.toSet()));
        assertThat(texts(store.examples(BANKING))).containsExactly("first", "one", "second", "third", "two", "last");
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(6);
    }

    private static SetApart apart(String text, QuarantineReason reason, int before) {
        return new SetApart(plain(text).teaching(), reason, before);
    }

    private static List<String> texts(List<Example> examples) {
        return examples.stream()
                .map(example -> example.teaching().input().text().value())
                .toList();
    }

    @Test
    void teach_storesEveryFieldInTheOrderOfTeaching() {
        store.define(task(BANKING));
        now.set(START.plusSeconds(5));
        List<Teaching> teachings = List.of(
                new Teaching(
                        Input.of(new Text("Ü 🙂\n'\"\\ 支払い")), new Answer.OneLabel("l'1"), Optional.of("e 1"), 0.1),
                Teaching.of(Input.of(new Text("a"), new Text("b")), new Answer.Labels(List.of("z", "a,\"b"))),
                Teaching.of(Input.of(new Text("a")), new Answer.Labels(List.of())),
                Teaching.of(Input.of(new Text("a")), new Answer.Score(0.1)),
                new Teaching(Input.of(new Text("a")), new Answer.Score(0), Optional.empty(), 1e-9));
        TeachingOutcome outcome =
                teach(BANKING, teachings.stream().map(TaskStoreContract::plain).toList());
        assertThat(outcome.revision()).isEqualTo(new RevisionId(2));
        assertThat(outcome.examplesTotal()).isEqualTo(5);
        assertThat(outcome.taught()).isEqualTo(5);
        List<Example> examples = store.examples(BANKING);
        assertThat(examples).extracting(Example::teaching).isEqualTo(teachings);
        assertThat(examples)
                .extracting(Example::id)
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(id -> id.startsWith("ex_"));
        assertThat(examples).extracting(Example::id).isEqualTo(exampleIds(outcome));
        assertThat(examples).allSatisfy(example -> {
            assertThat(example.key()).isEqualTo(example.teaching().contentKey());
            assertThat(example.addedBy()).isEqualTo(outcome.revision());
            assertThat(example.addedAt()).isEqualTo(START.plusSeconds(5));
            assertThat(store.example(BANKING, example.id())).contains(example);
        });
        assertThat(store.task(BANKING).orElseThrow().revision()).isEqualTo(outcome.revision());
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(5);
    }

    @Test
    void teach_anUnknownTask_isNotFound() {
        assertThatThrownBy(() -> teach(BANKING, plain("one"))).isInstanceOf(Refusal.NotFound.class);
        assertThat(store.latestRevision()).isZero();
    }

    @Test
    void teach_reportsDuplicatesAndDoesNotDoubleThem() {
        store.define(task(BANKING));
        TeachingOutcome first = teach(BANKING, plain("one"));
        TeachingOutcome second = teach(BANKING, List.of(plain("one"), plain("two"), plain("two")));
        String one = first.rows().get(0).exampleId();
        String two = second.rows().get(1).exampleId();
        assertThat(second.rows())
                .containsExactly(
                        new TeachingOutcome.Row(one, true, Optional.empty()),
                        new TeachingOutcome.Row(two, false, Optional.empty()),
                        new TeachingOutcome.Row(two, true, Optional.empty()));
        assertThat(second.examplesTotal()).isEqualTo(2);
        assertThat(store.examples(BANKING)).extracting(Example::id).containsExactly(one, two);
    }

    @Test
    void teach_onlyDuplicates_makesNoRevision() {
        store.define(task(BANKING));
        TeachingOutcome first = teach(BANKING, plain("one"));
        store.define(task(MOOD));
        assertThat(teach(BANKING, plain("one")).revision()).isEqualTo(first.revision());
        assertThat(store.latestRevision()).isEqualTo(3);
    }

    @Test
    void teach_anotherAnswerWeightOrTask_isNoDuplicate() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        Input input = Input.of(new Text("one"));
        teach(BANKING, plain(Teaching.of(input, new Answer.OneLabel("a"))));
        TeachingOutcome others = teach(
                BANKING,
                List.of(
                        plain(Teaching.of(input, new Answer.OneLabel("b"))),
                        plain(Teaching.of(input, new Answer.Labels(List.of("a")))),
                        plain(new Teaching(input, new Answer.OneLabel("a"), Optional.empty(), 2)),
                        plain(new Teaching(input, new Answer.OneLabel("a"), Optional.of("x"), 1))));
        assertThat(others.taught()).isEqualTo(4);
        assertThat(teach(MOOD, plain(Teaching.of(input, new Answer.OneLabel("a"))))
                        .taught())
                .isEqualTo(1);
    }

    @Test
    void teach_theSameExternalId_replaces() {
        store.define(task(BANKING));
        String first = teach(BANKING, named("row-1", "one")).rows().get(0).exampleId();
        TeachingOutcome second = teach(BANKING, named("row-1", "two"));
        TeachingOutcome.Row row = second.rows().get(0);
        assertThat(row.replaced()).contains(first);
        assertThat(row.duplicate()).isFalse();
        assertThat(second.examplesTotal()).isEqualTo(1);
        assertThat(store.example(BANKING, first)).isEmpty();
        assertThat(store.examples(BANKING)).extracting(Example::id).containsExactly(row.exampleId());
        TeachingOutcome third = teach(BANKING, named("row-1", "two"));
        assertThat(third.rows()).containsExactly(new TeachingOutcome.Row(row.exampleId(), true, Optional.empty()));
        assertThat(third.revision()).isEqualTo(second.revision());
    }

    @Test
    void teach_whatAnotherSourceTaught_isAnExampleOfItsOwn() {
        store.define(task(BANKING));
        List<EncodedTeaching> teachings = List.of(
                named("row-1", "one"),
                plain("two"),
                from("a", named("row-1", "one")),
                from("a", plain("two")),
                from("b", named("row-1", "three")),
                from("a", plain("two")));
        TeachingOutcome outcome = teach(BANKING, teachings);
        assertThat(outcome.taught()).isEqualTo(5);
        assertThat(outcome.rows().get(5).exampleId())
                .isEqualTo(outcome.rows().get(3).exampleId());
        assertThat(store.examples(BANKING))
                .extracting(Example::teaching)
                .containsExactlyElementsOf(teachings.subList(0, 5).stream()
                        .map(EncodedTeaching::teaching)
                        .toList());
        assertThat(teach(BANKING, teachings).taught()).isZero();

        TeachingOutcome.Row row =
                teach(BANKING, from("a", named("row-1", "four"))).rows().get(0);
        assertThat(row.replaced()).contains(outcome.rows().get(2).exampleId());
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(5);
    }

    @Test
    void examplesOfASource_areListedOnPages_withItsShare() {
        store.define(task(BANKING));
        List<EncodedTeaching> teachings = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            teachings.add(from(i % 2 == 0 ? "even" : "odd", plain("text " + i)));
        }
        teachings.add(plain("nobody's"));
        List<String> ids = exampleIds(teach(BANKING, teachings));
        SourceName even = new SourceName("even");
        assertThat(store.examples(BANKING, even, "", 3))
                .extracting(Example::id)
                .containsExactly(ids.get(0), ids.get(2), ids.get(4));
        assertThat(store.examples(BANKING, even, ids.get(4), 3))
                .extracting(Example::id)
                .containsExactly(ids.get(6));
        assertThat(store.examples(BANKING, new SourceName("other"), "", 3)).isEmpty();
        assertThat(store.sources(BANKING))
                .containsExactly(
                        new SourceShare(Optional.empty(), 1, 1),
                        new SourceShare(Optional.of(even), 4, 4),
                        new SourceShare(Optional.of(new SourceName("odd")), 3, 3));
        assertThat(store.sources(MOOD)).isEmpty();
    }

    @Test
    void undo_removesWhatTheSourceTaughtAndNothingElse_inOneRevision() {
        store.define(task(BANKING));
        teach(
                BANKING,
                List.of(
                        from("bad", plain("one")),
                        plain("one"),
                        from("bad", named("row-1", "two")),
                        from("good", named("row-1", "two")),
                        from("good", plain("three"))));
        String corrected =
                teach(BANKING, from("bad", named("row-1", "two"))).rows().get(0).exampleId();
        EncodedTeaching otherwise = from("bad", named("row-1", "two"));
        String latest = teach(
                        BANKING,
                        plain(new Teaching(
                                otherwise.teaching().input(),
                                new Answer.OneLabel("other"),
                                Optional.of("row-1"),
                                1,
                                Optional.of(new SourceName("bad")))))
                .rows()
                .get(0)
                .exampleId();
        SourceName bad = new SourceName("bad");
        assertThat(store.kept(BANKING, bad)).hasSize(3);
        RevisionId before = store.task(BANKING).orElseThrow().revision();

        TaskStore.Undone undone = store.undo(BANKING, bad);

        assertThat(undone.revision()).isEqualTo(new RevisionId(before.number() + 1));
        assertThat(undone.removed()).hasSize(2).extracting(Example::id).contains(latest);
        assertThat(undone.examplesTotal()).isEqualTo(3);
        assertThat(store.kept(BANKING, corrected)).isEmpty();
        assertThat(store.kept(BANKING, bad)).isEmpty();
        assertThat(store.examples(BANKING))
                .hasSize(3)
                .noneMatch(example -> example.teaching().source().equals(Optional.of(bad)));
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(3);
        assertThat(store.undo(BANKING, bad)).isEqualTo(new TaskStore.Undone(undone.revision(), List.of(), 3));
        assertThat(store.latestRevision()).isEqualTo(undone.revision().number());
        assertThatThrownBy(() -> store.undo(MOOD, bad)).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void quarantine_setsExamplesApart_andReleaseBringsThemBack() {
        store.define(task(BANKING));
        List<String> ids = exampleIds(teach(
                BANKING, List.of(encoded("1", Map.of("m", new float[] {1})), plain("2"), from("bad", plain("3")))));
        Example first = store.example(BANKING, ids.get(0)).orElseThrow();
        QuarantineReason suspect = new QuarantineReason(QuarantineReason.Cause.SUSPECT, OptionalDouble.of(0.97));

        QuarantineStore.Moved apart = store.quarantine(
                BANKING, Map.of(ids.get(0), suspect, ids.get(2), QuarantineReason.NAMED, "ex_9", suspect));

        assertThat(apart.revision()).isEqualTo(new RevisionId(3));
        assertThat(apart.examples()).extracting(Example::id).containsExactly(ids.get(0), ids.get(2));
        assertThat(apart.examplesTotal()).isEqualTo(1);
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(1);
        assertThat(store.examples(BANKING)).extracting(Example::id).containsExactly(ids.get(1));
        assertThat(store.example(BANKING, ids.get(0))).isEmpty();
        assertThat(store.kept(BANKING, ids.get(0))).contains(first);
        assertThat(store.vectors(BANKING, "m")).isEmpty();
        assertThat(store.sources(BANKING)).hasSize(1);
        assertThat(store.quarantined(BANKING, "", 1)).containsExactly(new Quarantined(first, suspect));
        assertThat(store.quarantined(BANKING, ids.get(0), 5))
                .extracting(each -> each.example().id())
                .containsExactly(ids.get(2));
        assertThat(store.quarantined(MOOD, "", 5)).isEmpty();
        assertThat(store.quarantine(BANKING, Map.of(ids.get(0), suspect)).revision())
                .isEqualTo(apart.revision());

        QuarantineStore.Moved back = store.release(BANKING, Set.of(ids.get(0), ids.get(1), "nonsense"));

        assertThat(back).isEqualTo(new QuarantineStore.Moved(new RevisionId(4), List.of(first), 2));
        assertThat(store.example(BANKING, ids.get(0))).contains(first);
        assertThat(store.vectors(BANKING, "m")).containsOnlyKeys(ids.get(0));
        assertThat(store.quarantined(BANKING, "", 5))
                .extracting(each -> each.example().id())
                .containsExactly(ids.get(2));
        assertThat(store.undo(BANKING, new SourceName("bad")).removed()).hasSize(1);
        assertThat(store.quarantined(BANKING, "", 5)).isEmpty();
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(2);
        assertThatThrownBy(() -> store.quarantine(MOOD, Map.of())).isInstanceOf(Refusal.NotFound.class);
        assertThatThrownBy(() -> store.release(MOOD, Set.of())).isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void quarantineAndRelease_keepTheirReplies_orAreUndone() {
        store.define(task(BANKING));
        String id = exampleIds(teach(BANKING, List.of(encoded("1", Map.of("m", new float[] {1})), plain("2"))))
                .get(0);
        Map<String, QuarantineReason> named = Map.of(id, QuarantineReason.NAMED);
        Optional<Idempotency> request = Optional.of(new Idempotency("apart", "digest"));
        RevisionId before = store.task(BANKING).orElseThrow().revision();

        assertThatThrownBy(() -> store.quarantine(BANKING, named, request, moved -> {
                    throw new IllegalStateException("no reply");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.task(BANKING).orElseThrow().revision()).isEqualTo(before);
        assertThat(store.reply("apart")).isEmpty();

        QuarantineStore.Moved apart = store.quarantine(BANKING, named, request, TaskStoreContract::reply);
        assertThat(store.reply("apart").orElseThrow().reply()).isEqualTo(reply(apart));
        assertThat(store.vectorsApart(BANKING, "m")).containsOnlyKeys(id);
        assertThat(store.vectorsApart(BANKING, "other")).isEmpty();

        Optional<Idempotency> other = Optional.of(new Idempotency("back", "digest"));
        assertThatThrownBy(() -> store.release(BANKING, Set.of(id), other, moved -> {
                    throw new IllegalStateException("no reply");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.quarantined(BANKING, "", 9)).hasSize(1);
        QuarantineStore.Moved back = store.release(BANKING, Set.of(id), other, TaskStoreContract::reply);
        assertThat(store.reply("back").orElseThrow().reply()).isEqualTo(reply(back));
        assertThat(store.vectorsApart(BANKING, "m")).isEmpty();
    }

    private static Idempotency.Reply reply(QuarantineStore.Moved moved) {
        return new Idempotency.Reply(200, moved.revision() + " " + moved.examplesTotal());
    }

    @Test
    void quarantined_keepsItsIdentity_andMakesWayForWhatReplacesIt() {
        store.define(task(BANKING));
        List<String> ids = exampleIds(teach(
                BANKING, List.of(plain("same"), named("row-1", "about this"), named("row-2", "stays"), plain("rest"))));
        store.quarantine(
                BANKING,
                Map.of(
                        ids.get(0), QuarantineReason.NAMED,
                        ids.get(1), QuarantineReason.NAMED,
                        ids.get(2), QuarantineReason.NAMED));

        TeachingOutcome again = teach(BANKING, List.of(plain("same"), named("row-2", "stays")));
        assertThat(again.taught()).isZero();
        assertThat(exampleIds(again)).containsExactly(ids.get(0), ids.get(2));

        TeachingOutcome outcome = teach(BANKING, List.of(named("row-1", "about that")));
        assertThat(outcome.rows().get(0).replaced()).contains(ids.get(1));
        assertThat(outcome.examplesTotal()).isEqualTo(2);
        assertThat(store.kept(BANKING, ids.get(1))).isEmpty();

        Teaching otherwise =
                new Teaching(Input.of(new Text("stays")), new Answer.OneLabel("otherwise"), Optional.of("row-2"), 1.0);
        assertThat(teach(BANKING, plain(otherwise)).examplesTotal()).isEqualTo(3);
        assertThat(store.kept(BANKING, ids.get(2))).isPresent();
        assertThat(store.quarantined(BANKING, "", 5))
                .extracting(each -> each.example().id())
                .containsExactly(ids.get(0));
        assertThat(store.task(BANKING).orElseThrow().examples())
                .isEqualTo(store.examples(BANKING).size());
        store.forget(BANKING, ids.get(0));
        assertThat(store.quarantined(BANKING, "", 5)).isEmpty();
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(3);
        assertThat(teach(BANKING, plain("same")).taught()).isEqualTo(1);
    }

    private static EncodedTeaching from(String source, EncodedTeaching encoded) {
        return new EncodedTeaching(
                encoded.teaching().from(Optional.of(new SourceName(source))), encoded.vectorByMember());
    }

    @Test
    void teach_theSameExternalIdTwiceInOneRequest_keepsTheLast() {
        store.define(task(BANKING));
        TeachingOutcome outcome = teach(BANKING, List.of(named("row-1", "one"), named("row-1", "two")));
        assertThat(outcome.examplesTotal()).isEqualTo(1);
        assertThat(outcome.rows().get(1).replaced())
                .contains(outcome.rows().get(0).exampleId());
        assertThat(store.examples(BANKING))
                .extracting(example -> example.teaching().input().text().value())
                .containsExactly("two");
    }

    @Test
    void teach_keepsTheReplyForADay() {
        store.define(task(BANKING));
        Idempotency request = new Idempotency("key", "digest");
        Idempotency.Reply reply = new Idempotency.Reply(200, "{\"ok\":true}");
        store.teach(BANKING, List.of(plain("one")), Optional.of(request), outcome -> reply);
        now.set(START.plus(Duration.ofHours(24)));
        assertThat(store.reply("key")).contains(new Idempotency.Entry(request, reply));
        now.set(START.plus(Duration.ofHours(25)));
        assertThat(store.reply("key")).isEmpty();
        Idempotency.Reply later = new Idempotency.Reply(200, "{}");
        store.teach(BANKING, List.of(plain("one")), Optional.of(request), outcome -> later);
        assertThat(store.reply("key")).contains(new Idempotency.Entry(request, later));
    }

    @Test
    void teach_keepsHowFarAJobGotHoweverLongItTakes() {
        store.define(task(BANKING));
        Idempotency step = Idempotency.ofJob("job_1", 0);
        Idempotency.Reply tally = new Idempotency.Reply(200, "200 200 0");
        store.teach(BANKING, List.of(plain("one")), Optional.of(step), outcome -> tally);
        now.set(START.plus(Duration.ofDays(3)));
        store.keepReply(new Idempotency("key", "digest"), new Idempotency.Reply(200, "{}"));
        assertThat(store.reply(step.key())).contains(new Idempotency.Entry(step, tally));
    }

    @Test
    void teach_aKeyThatWasAnsweredMeanwhile_changesNothing() {
        store.define(task(BANKING));
        Idempotency request = new Idempotency("key", "digest");
        Idempotency.Reply reply = new Idempotency.Reply(200, "{}");
        store.teach(BANKING, List.of(plain("one")), Optional.of(request), outcome -> reply);
        assertThatThrownBy(() -> store.teach(BANKING, List.of(plain("two")), Optional.of(request), outcome -> reply))
                .isInstanceOf(Refusal.InProgress.class);
        Idempotency other = new Idempotency("key", "other digest");
        assertThatThrownBy(() -> store.teach(BANKING, List.of(plain("two")), Optional.of(other), outcome -> reply))
                .isInstanceOf(Refusal.IdempotencyMismatch.class);
        assertThat(store.examples(BANKING)).hasSize(1);
        assertThat(store.latestRevision()).isEqualTo(2);
    }

    @Test
    void teach_whoseReplyFails_changesNothing() {
        store.define(task(BANKING));
        Idempotency request = new Idempotency("key", "digest");
        assertThatThrownBy(() -> store.teach(BANKING, List.of(plain("one")), Optional.of(request), outcome -> {
                    throw new IllegalStateException("planted");
                }))
                .hasMessage("planted");
        assertThat(store.examples(BANKING)).isEmpty();
        assertThat(store.latestRevision()).isEqualTo(1);
        assertThat(store.reply("key")).isEmpty();
        assertThat(teach(BANKING, plain("one")).revision()).isEqualTo(new RevisionId(2));
    }

    @Test
    void labelVectors_ofOtherTexts_areGone() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        for (String member : List.of("m", "n")) {
            store.putLabelVectors(BANKING, member, Map.of("a", new float[] {1}, "b", new float[] {2}));
        }
        store.putLabelVectors(MOOD, "m", Map.of("a", new float[] {3}));
        store.retainLabelVectors(BANKING, Set.of("b", "c"));
        assertThat(store.labelVectors(BANKING, "m")).containsOnlyKeys("b");
        assertThat(store.labelVectors(BANKING, "n")).containsOnlyKeys("b");
        assertThat(store.labelVectors(MOOD, "m")).containsOnlyKeys("a");
        store.retainLabelVectors(BANKING, Set.of());
        assertThat(store.labelVectors(BANKING, "m")).isEmpty();
    }

    @Test
    void remove_forgetsTheRepliesToItsRequests() {
        store.define(task(BANKING));
        Idempotency own = new Idempotency(Idempotency.keysOfTask(BANKING) + "examples key", "digest");
        Idempotency other = new Idempotency("POST /v1/tasks/" + BANKING + "2/examples key", "digest");
        store.keepReply(own, new Idempotency.Reply(200, "{}"));
        store.keepReply(other, new Idempotency.Reply(200, "{}"));
        store.remove(BANKING);
        assertThat(store.reply(own.key())).isEmpty();
        assertThat(store.reply(other.key())).isPresent();
    }

    @Test
    void remove_forgetsTheRepliesThatNameItInTheirBodies() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        Idempotency own = new Idempotency("POST /v1/train one", "digest");
        Idempotency other = new Idempotency("POST /v1/train two", "digest");
        Idempotency elsewhere = new Idempotency("POST /v1/jobs three", "digest");
        String names = "{\"classifier_id\":\"" + BANKING + "\",\"num_samples\":2}";
        store.keepReply(own, new Idempotency.Reply(200, names));
        store.keepReply(other, new Idempotency.Reply(200, names.replace(BANKING.value(), MOOD.value())));
        store.keepReply(elsewhere, new Idempotency.Reply(200, names));
        store.remove(BANKING);
        assertThat(store.reply(own.key())).isEmpty();
        assertThat(store.reply(other.key())).isPresent();
        assertThat(store.reply(elsewhere.key())).isPresent();
    }

    @Test
    void keepReply_keepsTheFirst() {
        Idempotency request = new Idempotency("key", "digest");
        store.keepReply(request, new Idempotency.Reply(201, "first"));
        store.keepReply(request, new Idempotency.Reply(200, "second"));
        assertThat(store.reply("key")).contains(new Idempotency.Entry(request, new Idempotency.Reply(201, "first")));
        assertThat(store.latestRevision()).isZero();
    }

    @Test
    void examples_pagesAreStableUnderInsertsAndRemovals() {
        store.define(task(BANKING));
        List<String> ids = exampleIds(teach(BANKING, List.of(plain("1"), plain("2"), plain("3"), plain("4"))));
        List<Example> first = store.examples(BANKING, "", 2);
        assertThat(first).extracting(Example::id).isEqualTo(ids.subList(0, 2));
        store.forget(BANKING, ids.get(1));
        String fifth = teach(BANKING, plain("5")).rows().get(0).exampleId();
        assertThat(store.examples(BANKING, ids.get(1), 9))
                .extracting(Example::id)
                .containsExactly(ids.get(2), ids.get(3), fifth);
        assertThat(store.examples(BANKING, fifth, 9)).isEmpty();
    }

    @Test
    void forget_removesExactlyThatExample() {
        store.define(task(BANKING));
        List<String> ids = exampleIds(teach(
                BANKING, List.of(encoded("1", Map.of("m", new float[] {1})), encoded("2", Map.of("m", new float[] {2
                })))));
        Example first = store.example(BANKING, ids.get(0)).orElseThrow();
        TaskStore.Forgotten forgotten = store.forget(BANKING, ids.get(0));
        assertThat(forgotten).isEqualTo(new TaskStore.Forgotten(new RevisionId(3), first, 1));
        assertThat(store.example(BANKING, ids.get(0))).isEmpty();
        assertThat(store.examples(BANKING)).extracting(Example::id).containsExactly(ids.get(1));
        assertThat(store.vectors(BANKING, "m")).containsOnlyKeys(ids.get(1));
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(1);
        assertThat(store.task(BANKING).orElseThrow().revision()).isEqualTo(new RevisionId(3));
        assertThat(teach(BANKING, plain("1")).taught()).isEqualTo(1);
    }

    @Test
    void forget_whatIsNotThere_isNotFound() {
        assertThatThrownBy(() -> store.forget(BANKING, "ex_0000000000000001"))
                .isInstanceOfSatisfying(
                        Refusal.NotFound.class, no -> assertThat(no.noun()).isEqualTo("task"));
        store.define(task(BANKING));
        store.define(task(MOOD));
        String example = teach(BANKING, plain("one")).rows().get(0).exampleId();
        for (String id : List.of("", "ex_", "ex_0000000000009999", "nonsense", "' OR 1=1 --")) {
            assertThatThrownBy(() -> store.forget(BANKING, id))
                    .isInstanceOfSatisfying(
                            Refusal.NotFound.class, no -> assertThat(no.noun()).isEqualTo("example"));
        }
        assertThatThrownBy(() -> store.forget(MOOD, example)).isInstanceOf(Refusal.NotFound.class);
        store.forget(BANKING, example);
        assertThatThrownBy(() -> store.forget(BANKING, example)).isInstanceOf(Refusal.NotFound.class);
        assertThat(store.latestRevision()).isEqualTo(4);
    }

    @Test
    void vectors_comeBackBitForBit() {
        store.define(task(BANKING));
        float[] odd = {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 0.1f};
        float[] pair = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        List<String> ids = exampleIds(teach(
                BANKING, List.of(encoded("1", Map.of("m", odd, "n", pair)), encoded("2", Map.of("n", odd)))));
        assertThat(store.vectors(BANKING, "m")).containsOnlyKeys(ids.get(0));
        assertThat(bits(store.vectors(BANKING, "m").get(ids.get(0)))).isEqualTo(bits(odd));
        assertThat(store.vectors(BANKING, "n")).containsOnlyKeys(ids.get(0), ids.get(1));
        assertThat(store.vectors(BANKING, "n").get(ids.get(0))).isEqualTo(pair);
        assertThat(store.vectors(BANKING, "unknown")).isEmpty();
    }

    @Test
    void putVectors_addsToExamplesOfTheTaskAndIgnoresOthers() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        List<String> ids = exampleIds(teach(BANKING, List.of(plain("1"), encoded("2", Map.of("m", new float[] {2})))));
        String foreign = teach(MOOD, plain("1")).rows().get(0).exampleId();
        store.putVectors(
                BANKING,
                "m",
                Map.of(
                        ids.get(0),
                        new float[] {1},
                        ids.get(1),
                        new float[] {3},
                        foreign,
                        new float[] {4},
                        "ex_0000000000009999",
                        new float[] {5},
                        "nonsense",
                        new float[] {6}));
        Map<String, float[]> vectors = store.vectors(BANKING, "m");
        assertThat(vectors).containsOnlyKeys(ids);
        assertThat(vectors.get(ids.get(0))).containsExactly(1);
        assertThat(vectors.get(ids.get(1))).containsExactly(3);
        assertThat(store.vectors(MOOD, "m")).isEmpty();
        assertThat(store.latestRevision()).isEqualTo(4);
    }

    @Test
    void vectorsOfOtherMembers_areGone_forOneTask_andCanBePutAgain() {
        store.define(task(BANKING));
        store.define(task(MOOD));
        float[] vector = {1, 2};
        List<String> ids =
                exampleIds(teach(BANKING, List.of(encoded("1", Map.of("m", vector, "n", vector)), plain("2"))));
        teach(MOOD, List.of(encoded("1", Map.of("m", vector))));
        for (String member : List.of("m", "n")) {
            store.putLabelVectors(BANKING, member, Map.of("a", vector));
        }
        store.retainVectors(BANKING, Set.of("n", "unknown"));
        store.retainVectors(new TaskId("no-task"), Set.of());
        assertThat(store.vectors(BANKING, "m")).isEmpty();
        assertThat(store.labelVectors(BANKING, "m")).isEmpty();
        assertThat(store.vectors(BANKING, "n")).containsOnlyKeys(ids.get(0));
        assertThat(store.labelVectors(BANKING, "n")).containsOnlyKeys("a");
        assertThat(store.vectors(MOOD, "m")).hasSize(1);
        store.putVectors(BANKING, "m", Map.of(ids.get(0), new float[] {3}));
        store.putLabelVectors(BANKING, "m", Map.of("a", new float[] {4}));
        assertThat(store.vectors(BANKING, "m").get(ids.get(0))).containsExactly(3);
        assertThat(store.labelVectors(BANKING, "m").get("a")).containsExactly(4);
    }

    @Test
    void labelVectors_keepTheFirstVectorOfATextUntilTheTaskIsRemoved() {
        assertThat(store.labelVectors(BANKING, "m")).isEmpty();
        store.define(task(BANKING));
        store.define(task(MOOD));
        store.putLabelVectors(BANKING, "m", Map.of("ü", new float[] {1, 2}));
        store.putLabelVectors(BANKING, "m", Map.of("ü", new float[] {9, 9}, "other", new float[] {3}));
        store.putLabelVectors(MOOD, "m", Map.of("ü", new float[] {5}));
        Map<String, float[]> vectors = store.labelVectors(BANKING, "m");
        assertThat(vectors).containsOnlyKeys("ü", "other");
        assertThat(vectors.get("ü")).containsExactly(1, 2);
        assertThat(store.labelVectors(BANKING, "n")).isEmpty();
        store.remove(BANKING);
        store.define(task(BANKING));
        assertThat(store.labelVectors(BANKING, "m")).isEmpty();
        assertThat(store.labelVectors(MOOD, "m")).containsOnlyKeys("ü");
    }

    @Test
    void restart_keepsEverything() throws Exception {
        TaskHistory history = new TaskHistory(7);
        for (int i = 0; i < 60; i++) {
            history.applyNext(List.of(store));
        }
        store.keepReply(new Idempotency("k", "d"), new Idempotency.Reply(200, "body"));
        Map<String, String> before = StoreContents.of(store);
        store = reopen(clock);
        assertThat(StoreContents.of(store)).isEqualTo(before);
        assertThat(store.reply("k")).isPresent();
        long revision = store.latestRevision();
        store.define(task(new TaskId("new")));
        assertThat(store.latestRevision()).isEqualTo(revision + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomHistories_leaveWhatThePlainModelHolds(long number) {
        long seed = Long.getLong("perennial.seed", number);
        TaskHistory history = new TaskHistory(seed);
        TaskStore model = new MemoryTaskStore(clock);
        for (int step = 0; step < 80; step++) {
            now.set(now.get().plusMillis(history.below(1_000)));
            history.applyNext(List.of(model, store));
        }
        assertThat(StoreContents.of(store)).as("seed %d", seed).isEqualTo(StoreContents.of(model));
    }

    @Test
    void concurrentTeachers_loseAndDoubleNothing() throws Exception {
        store.define(task(BANKING));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Callable<TeachingOutcome>> calls = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            String own = "own " + i;
            calls.add(() -> teach(BANKING, List.of(plain(own), plain("shared"), named("row", own))));
        }
        Set<RevisionId> revisions = Collections.synchronizedSet(new HashSet<>());
        try {
            for (Future<TeachingOutcome> future : threads.invokeAll(calls)) {
                assertThat(revisions.add(future.get().revision())).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.latestRevision()).isEqualTo(81);
        assertThat(store.task(BANKING).orElseThrow().examples()).isEqualTo(82);
        assertThat(store.examples(BANKING)).hasSize(82);
    }

    private TeachingOutcome teach(TaskId id, EncodedTeaching teaching) {
        return teach(id, List.of(teaching));
    }

    private TeachingOutcome teach(TaskId id, List<EncodedTeaching> teachings) {
        return store.teach(id, teachings, Optional.empty(), NO_REPLY);
    }

    private static Task task(TaskId id) {
        return new Task(id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT);
    }

    private static EncodedTeaching plain(String text) {
        return encoded(text, Map.of());
    }

    private static EncodedTeaching plain(Teaching teaching) {
        return new EncodedTeaching(teaching, Map.of());
    }

    private static EncodedTeaching encoded(String text, Map<String, float[]> vectors) {
        return new EncodedTeaching(Teaching.of(Input.of(new Text(text)), new Answer.OneLabel("label")), vectors);
    }

    private static EncodedTeaching named(String externalId, String text) {
        return plain(
                new Teaching(Input.of(new Text(text)), new Answer.OneLabel("label"), Optional.of(externalId), 1.0));
    }

    private static List<String> ids(List<StoredTask> tasks) {
        return tasks.stream().map(stored -> stored.task().id().value()).toList();
    }

    private static List<String> exampleIds(TeachingOutcome outcome) {
        return outcome.rows().stream().map(TeachingOutcome.Row::exampleId).toList();
    }

    private static int[] bits(float[] vector) {
        int[] bits = new int[vector.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(vector[i]);
        }
        return bits;
    }
}
