// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.encode.FakeTableEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.refusal.Refusal;
import dev.perennial.task.ContentKey;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.RevisionId;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A change that reaches the disk and then fails is served all the same, at the latest when it is repeated. */
final class HalfDoneChangeTest {
    private static final TaskId OTHER = new TaskId("other");

    private final AtomicReference<String> failing = new AtomicReference<>("");
    private Runnable whenTaught = () -> {};

    @Test
    void forget_thatFailsAfterItsTransaction_isNoLongerServed() {
        try (School school = school()) {
            String id = school.teach(School.teaching("where is my parcel", "delivery"), School.teaching("hi", "chat"))
                    .rows()
                    .get(0)
                    .exampleId();

            failing.set("forget");
            assertThatThrownBy(() -> school.teacher().forget(School.TASK, id))
                    .isInstanceOf(Refusal.StoreUnavailable.class);

            assertThat(school.active().of(School.TASK).examples()).isEqualTo(1);
        }
    }

    @Test
    void teach_thatFailsAfterItsTransaction_isServedWhenRepeated() {
        try (School school = school()) {
            failing.set("teach");
            assertThatThrownBy(() -> school.teach(School.teaching("where is my parcel", "delivery")))
                    .isInstanceOf(Refusal.StoreUnavailable.class);
            failing.set("");

            assertThat(school.teach(School.teaching("where is my parcel", "delivery"))
                            .duplicates())
                    .isEqualTo(1);
            assertThat(school.active().of(School.TASK).examples()).isEqualTo(1);
        }
    }

    @Test
    void remove_thatFailsAfterItsTransaction_isNoLongerServed() {
        try (School school = school()) {
            failing.set("remove");
            assertThatThrownBy(() -> school.teacher().remove(School.TASK)).isInstanceOf(Refusal.StoreUnavailable.class);

            assertThat(school.active().find(School.TASK)).isEmpty();
        }
    }

    @Test
    void revisionThatIsStillBeingLearnt_isNotServed_thoughLaterOnesOfOtherTasksAre() {
        try (School school = school()) {
            whenTaught = () -> {
                RevisionId taught =
                        school.store().task(School.TASK).orElseThrow().revision();
                RevisionId later = define(school, OTHER);

                assertThatThrownBy(() -> school.active().requireAtLeast(School.TASK, taught))
                        .isInstanceOf(Refusal.NotReady.class);
                assertThatThrownBy(() -> school.active().requireAtLeast(taught)).isInstanceOf(Refusal.NotReady.class);
                school.active().requireAtLeast(OTHER, later);
            };
            RevisionId revision = school.teach(School.teaching("where is my parcel", "delivery"))
                    .revision();

            school.active().requireAtLeast(School.TASK, revision);
            school.active().requireAtLeast(new RevisionId(revision.number() + 1));
        }
    }

    @Test
    void revisionServedBeforeAChangeBegan_isNotWaitedFor() {
        try (School school = school()) {
            RevisionId other = define(school, OTHER);
            whenTaught = () -> {
                school.active().requireAtLeast(School.TASK, other);
                school.active().requireAtLeast(other);
            };

            school.teach(School.teaching("where is my parcel", "delivery"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"renew", "no renew", "no retainVectors"})
    void endOfAdaptationThatFails_isMadeUpFor_inAllItsTasks(String failure) {
        try (School school = school()) {
            Encoder base = school.encoders().find("a").orElseThrow();
            adapt(school, Set.of());
            failing.set(failure);
            assertThatThrownBy(() -> school.teacher().endAdaptation("one", () -> {}))
                    .isInstanceOf(Refusal.StoreUnavailable.class);
            failing.set("");

            school.pass(Duration.ofMinutes(1));
            school.teacher().retry();

            assertThat(school.active().of(School.TASK).members()).contains(base);
            assertThat(school.active().of(OTHER).members()).contains(base);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"forget", "no forget"})
    void forget_thatFails_leavesNoTaskWithWhatWasAdaptedToTheExample(String failure) {
        try (School school = school()) {
            Encoder base = school.encoders().find("a").orElseThrow();
            Teaching learnt = School.teaching("a parcel is lost", "delivery");
            String id = school.teach(learnt).rows().get(0).exampleId();
            adapt(school, Set.of(ContentKey.of(learnt.input()).hex()));

            failing.set(failure);
            assertThatThrownBy(() -> school.teacher().forget(School.TASK, id))
                    .isInstanceOf(Refusal.StoreUnavailable.class);

            assertThat(school.active().of(School.TASK).members()).contains(base);
            assertThat(school.active().of(OTHER).members()).contains(base);
        }
    }

    @Test
    void replacingAText_thatFailsAfterItsTransaction_leavesNoTaskWithWhatWasAdaptedToTheText() {
        try (School school = school()) {
            Encoder base = school.encoders().find("a").orElseThrow();
            Teaching learnt = named("a parcel is lost");
            school.teach(learnt);
            adapt(school, Set.of(ContentKey.of(learnt.input()).hex()));

            failing.set("teach");
            assertThatThrownBy(() -> school.teach(named("another text"))).isInstanceOf(Refusal.StoreUnavailable.class);

            assertThat(school.active().of(School.TASK).members()).contains(base);
            assertThat(school.active().of(OTHER).members()).contains(base);
        }
    }

    @Test
    void replacingAText_thatIsRefused_leavesWhatWasAdaptedToTheText() {
        try (School school = school()) {
            Teaching learnt = named("a parcel is lost");
            school.teach(learnt);
            adapt(school, Set.of(ContentKey.of(learnt.input()).hex()));

            failing.set("no requireTeachable");
            assertThatThrownBy(() -> school.teach(named("another text"))).isInstanceOf(Refusal.StoreUnavailable.class);

            assertThat(school.teacher().isAdapted("one")).isTrue();
        }
    }

    private static Teaching named(String text) {
        Teaching teaching = School.teaching(text, "delivery");
        return new Teaching(teaching.input(), teaching.answer(), Optional.of("the client's name"), teaching.weight());
    }

    /** Has an adapted encoder answer both tasks. */
    private static void adapt(School school, Set<String> learntFrom) {
        define(school, OTHER);
        school.teach(School.teaching("where is my parcel", "delivery"));
        String base = school.encoders().find("a").orElseThrow().info().digest();
        Encoder adapted = FakeEncoder.adapted("a", "c");
        Adaptation adaptation = new Adaptation("one", base, adapted, Set.of(School.TASK, OTHER), learntFrom);
        try (Prospect prospect = school.teacher().prospect(adaptation.tasks())) {
            assertThat(school.teacher().adapt(adaptation, prospect, Admittance.ALWAYS))
                    .isTrue();
        }
        assertThat(school.active().of(OTHER).members()).contains(adapted);
    }

    @Test
    void adoptionThatFails_leavesAllAsItWas_andIsMadeUpForOnce() {
        try (School school = school()) {
            define(school, OTHER);
            school.teach(School.teaching("where is my parcel", "delivery"));
            FakeEncoder third = new FakeEncoder("c");
            failing.set("putVectors");
            assertThatThrownBy(() -> school.teacher().adopt(third)).isInstanceOf(Refusal.StoreUnavailable.class);
            failing.set("");
            assertThat(school.encoders().ready()).doesNotContain(third);
            assertThat(school.active().of(School.TASK).members()).doesNotContain(third);

            school.teacher().adopt(third);
            Ensemble other = school.active().of(OTHER);
            school.teacher().adopt(third);

            assertThat(school.active().of(School.TASK).members()).contains(third);
            assertThat(other.members()).contains(third);
            assertThat(school.active().of(OTHER)).isSameAs(other);
        }
    }

    @Test
    void adoptionBegunAgain_leavesNoTaskVectorsOfWhatServesNoLonger_norOfWhatNeverDid() {
        try (School school = school()) {
            define(school, OTHER);
            school.teach(School.teaching("where is my parcel", "delivery"));
            school.teacher().teach(OTHER, List.of(School.teaching("hi", "chat")), Optional.empty(), outcome -> {
                throw new AssertionError("no key was sent");
            });
            FakeTableEncoder before = FakeTableEncoder.random(1);
            FakeTableEncoder after = FakeTableEncoder.random(2);
            school.teacher().adopt(before);
            for (TaskId id : List.of(School.TASK, OTHER)) {
                String example = school.store()
                        .vectors(id, before.info().digest())
                        .keySet()
                        .iterator()
                        .next();
                school.store().putVectors(id, "never served", Map.of(example, new float[] {1}));
            }
            failing.set("retainVectors");
            assertThatThrownBy(() -> school.teacher().adopt(after)).isInstanceOf(Refusal.StoreUnavailable.class);
            failing.set("");

            school.teacher().adopt(after);

            for (TaskId id : List.of(School.TASK, OTHER)) {
                assertThat(school.store().vectors(id, before.info().digest()))
                        .as("of %s", id)
                        .isEmpty();
                assertThat(school.store().vectors(id, "never served")).isEmpty();
                for (Encoder member : school.encoders().ready()) {
                    assertThat(school.store().vectors(id, member.info().digest()))
                            .hasSize(1);
                }
            }
        }
    }

    private static RevisionId define(School school, TaskId id) {
        Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT);
        return school.teacher()
                .define(new Task(
                        id,
                        task.kind(),
                        task.input(),
                        task.instruction(),
                        task.labels(),
                        task.scoreRange(),
                        task.policy()))
                .task()
                .revision();
    }

    /**
     * A school whose store does what it is asked, and for one method then says that it could not, or for "no" method
     * neither.
     */
    private School school() {
        TaskStore kept = new MemoryTaskStore(InstantSource.fixed(Instant.EPOCH));
        TaskStore store = (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, method, arguments) -> {
                    try {
                        if (("no " + method.getName()).equals(failing.get())) {
                            throw new Refusal.StoreUnavailable("The disk is gone.", 1);
                        }
                        Object result = method.invoke(kept, arguments);
                        if (method.getName().equals("teach")) {
                            whenTaught.run();
                        }
                        if (method.getName().equals(failing.get())) {
                            throw new Refusal.StoreUnavailable("The log is held by another program.", 1);
                        }
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
        School school =
                School.on(store, new FitSettings(12, 64, 64, 64, 16, List.of(1.0), List.of(0.1), List.of(0.01), 0.25));
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        return school;
    }
}
