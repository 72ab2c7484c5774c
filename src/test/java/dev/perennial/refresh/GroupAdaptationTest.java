// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.adapt.Decision;
import dev.perennial.adapt.MergeKind;
import dev.perennial.adapt.Placement;
import dev.perennial.adapt.TaskGroup;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.Ensemble;
import dev.perennial.learn.AdaptationObjective;
import dev.perennial.learn.AdaptationStrategy;
import dev.perennial.learn.Admittance;
import dev.perennial.learn.EncoderTraining;
import dev.perennial.learn.FakeTrainer;
import dev.perennial.learn.School;
import dev.perennial.refresh.RefreshOrder.Aim;
import dev.perennial.task.ContentKey;
import dev.perennial.task.Example;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.Teaching;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A task that comes to a group with an adapter: it is answered by that one, by one that goes on from it, or its own.
 */
final class GroupAdaptationTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final TaskId FIRST = new TaskId("first");
    private static final TaskId SECOND = new TaskId("second");
    private static final TaskId STRANGER = new TaskId("stranger");
    private static final List<String> THINGS =
            List.of("card", "account", "transfer", "pin", "loan", "branch", "fee", "app");

    private final List<String> merges = new ArrayList<>();
    private String objective = RefreshOrder.AUTO;
    private final MemoryAdapters shelf = new MemoryAdapters();
    private final School school = School.open(School.SMALL, List.of(FakeEncoder.blind("a")), shelf);
    private final TaskGroup group = new TaskGroup(
            "g-first", List.of(placement(FIRST, Decision.Ground.FIRST), placement(SECOND, Decision.Ground.FIRST)));

    private static Placement placement(TaskId task, Decision.Ground ground) {
        return new Placement(task, "", new Decision(ground, List.of()));
    }

    @BeforeEach
    void teachThreeTasks() {
        for (TaskId id : List.of(FIRST, SECOND, STRANGER)) {
            Task task = School.task(Kind.CLASSIFICATION, InputKind.TEXT);
            school.teacher()
                    .define(new Task(
                            id, task.kind(), task.input(), "", task.labels(), task.scoreRange(), task.policy()));
            teach(id, teachings(id));
        }
    }

    private void teach(TaskId id, List<Teaching> teachings) {
        school.teacher().teach(id, teachings, Optional.empty(), none -> {
            throw new AssertionError("no reply was asked for");
        });
    }

    @AfterEach
    void close() {
        school.close();
    }

    private static List<Teaching> teachings(TaskId task) {
        return IntStream.range(0, 24)
                .mapToObj(i -> {
                    String thing = THINGS.get(i % THINGS.size()) + " number " + i + " of " + task.value();
                    return i % 2 == 0
                            ? School.teaching("I lost my " + thing + " and it is gone", "lost")
                            : School.teaching("please open a new " + thing + " for me", "new");
                })
                .toList();
    }

    private static Set<String> inputs(TaskId task) {
        return teachings(task).stream()
                .map(teaching -> ContentKey.of(teaching.input()).hex())
                .collect(Collectors.toSet());
    }

    private JobWork.Outcome work(String id, FakeTrainer trainer, JobProgress progress, TaskId... tasks) {
        AdaptationJob.Tools tools = new AdaptationJob.Tools(
                trainer,
                school.examiner(),
                school.teacher(),
                new LabelledExamples(school.store()),
                shelf,
                task -> Optional.of(group).filter(one -> one.tasks().contains(task)),
                (member, merge, retained) -> merges.add(member + " " + merge.key() + " " + retained),
                1000,
                JobGate.OPEN);
        RefreshOrder order = new RefreshOrder(
                Aim.LEARN,
                "lora",
                objective,
                List.of(tasks),
                Duration.ofMinutes(30),
                1,
                MergeKind.LCIA_CODE,
                List.of());
        Job job = RunningJob.of(id, AdaptationJob.KIND, "a", BEGAN);
        return new AdaptationJob(tools, new Members(school.encoders(), school.graphs()), InstantSource.fixed(BEGAN))
                .work(job, order.toBytes(), progress);
    }

    private String work(String id, FakeTrainer trainer, TaskId... tasks) {
        return work(id, trainer, new SilentProgress(), tasks).result();
    }

    /** An adapter of the first task that sees as an encoder of some id does, whatever it is worth. */
    private AdapterShelf.Kept first(String seesAs) {
        return first(seesAs, FIRST);
    }

    /** The same, which answers others as well. */
    private AdapterShelf.Kept first(String seesAs, TaskId... tasks) {
        Set<String> learntFrom = inputs(FIRST).stream().sorted().limit(18).collect(Collectors.toSet());
        AdapterShelf.Kept first = new AdapterShelf.Kept(
                "job_0",
                "a",
                FakeEncoder.blind("a").info().digest(),
                List.of(tasks),
                learntFrom,
                AdaptationStrategy.LORA.key(),
                7,
                BEGAN,
                "{}",
                seesAs.getBytes(UTF_8),
                "information".getBytes(UTF_8),
                Optional.empty());
        shelf.keep(first);
        try (var prospect = school.teacher().prospect(first.tasks())) {
            school.teacher()
                    .adapt(
                            AdaptationJob.adaptation(first, FakeEncoder.adapted("a", seesAs)),
                            prospect,
                            Admittance.ALWAYS);
        }
        return first;
    }

    private String digest(TaskId task) {
        return school.active().of(task).members().get(0).info().digest();
    }

    /** Does something when a report names a way for the first time. */
    private static JobProgress once(String way, Runnable action) {
        return new SilentProgress() {
            private boolean done;

            @Override
            public void report(long now, long total, String message) {
                if (!done && message.contains(way)) {
                    done = true;
                    action.run();
                }
            }
        };
    }

    @Test
    void adapterThatServesTheNewTaskAsItIs_isReused() {
        AdapterShelf.Kept first = first("words");
        Ensemble stranger = school.active().of(STRANGER);

        String result = work("job_1", new FakeTrainer("words"), SECOND);

        assertThat(result)
                .contains(
                        "\"promoted\":true",
                        "\"group\":\"g-first\"",
                        "\"decision\":\"reuse\"",
                        "\"continues\":\"job_0\"")
                .contains("\"way\":\"reuse\",\"passes\":true", "\"way\":\"share\",\"passes\":true", "\"way\":\"own\"");
        assertThat(shelf.kept()).singleElement().satisfies(each -> {
            assertThat(each.id()).isEqualTo("job_1");
            assertThat(each.tasks()).containsExactly(FIRST, SECOND);
            assertThat(each.learntFrom()).isEqualTo(first.learntFrom());
            assertThat(each.merge()).isEmpty();
        });
        assertThat(digest(SECOND)).isEqualTo(digest(FIRST));
        assertThat(school.active().of(STRANGER)).isSameAs(stranger);
    }

    @Test
    void adapterThatIsBetterForGoingOn_isShared_andHasLearntFromAllThatItEverLearntFrom() {
        AdapterShelf.Kept first = first("blind");
        FakeTrainer trainer = new FakeTrainer("words");

        String result = work("job_1", trainer, SECOND);

        assertThat(result)
                .contains("\"decision\":\"share\"", "\"merge\":\"lcia-code\"", "\"way\":\"reuse\",\"passes\":false")
                .contains("\"forgetting\":[{\"task\":\"first\",\"examples\":6,", "\"mcnemar\":", "\"forgotten\":")
                .contains("\"retention\":{\"merge\":\"lcia-code\",\"mean\":0.2500,\"tensors\":[{\"tensor\":\"tensor\"");
        assertThat(shelf.kept()).singleElement().satisfies(each -> {
            assertThat(each.tasks()).containsExactly(FIRST, SECOND);
            assertThat(each.learntFrom()).hasSize(36).containsAll(first.learntFrom());
            assertThat(each.merge()).contains("lcia-code");
        });
        assertThat(digest(FIRST)).isEqualTo(digest(SECOND));
        assertThat(merges).hasSize(Folds.COUNT).containsOnly("a lcia-code 0.25");
        List<EncoderTraining> going = trainer.trainings().stream()
                .filter(training -> training.continuation().isPresent())
                .toList();
        assertThat(going).hasSize(Folds.COUNT);
        assertThat(going).allSatisfy(training -> {
            assertThat(training.examples()).as("of the new task alone").hasSize(18);
            assertThat(training.continuation().get().adapter()).isEqualTo(first.adapter());
            assertThat(training.continuation().get().merge()).isEqualTo(MergeKind.LCIA_CODE);
        });
    }

    @Test
    void taskThatTheGroupDoesNotHelp_getsAnAdapterOfItsOwn_andTheOthersKeepTheirs() {
        AdapterShelf.Kept first = first("blind");
        Ensemble before = school.active().of(FIRST);

        String result = work("job_1", new FakeTrainer("words").goingOnAs("blind"), SECOND);

        assertThat(result).contains("\"promoted\":true", "\"decision\":\"own\"", "\"way\":\"share\",\"passes\":false");
        assertThat(shelf.kept()).hasSize(2);
        assertThat(shelf.kept().get(0)).isSameAs(first);
        assertThat(shelf.kept().get(1).tasks()).containsExactly(SECOND);
        assertThat(shelf.kept().get(1).learntFrom()).isSubsetOf(inputs(SECOND));
        assertThat(school.active().of(FIRST)).isSameAs(before);
    }

    @Test
    void textsWithoutLabels_goOnFromNoAdapter() {
        AdapterShelf.Kept first = first("words");
        objective = AdaptationObjective.SELF_CONTRAST.key();

        String result = work("job_1", new FakeTrainer("words"), SECOND);

        assertThat(result)
                .contains("\"promoted\":true", "\"way\":\"own\"")
                .doesNotContain("\"way\":\"share\"", "\"way\":\"reuse\"");
        assertThat(merges).isEmpty();
        assertThat(shelf.kept()).hasSize(2).first().isSameAs(first);
    }

    @Test
    void taskThatNothingHelps_leavesEverythingAsItWas() {
        first("blind");
        String before = school.active().of(SECOND).headDigest();

        String result = work("job_1", new FakeTrainer("blind"), SECOND);

        assertThat(result).contains("\"promoted\":false", "\"decision\":\"none\"", "\"group\":\"g-first\"");
        assertThat(shelf.kept()).extracting(AdapterShelf.Kept::id).containsExactly("job_0");
        assertThat(school.active().of(SECOND).headDigest()).isEqualTo(before);
    }

    @Test
    void adapterByWhichAnOldTaskForgets_doesNotPass() {
        first("words");

        String result = work("job_1", new FakeTrainer("blind").goingOnAs("blind"), SECOND);

        assertThat(result)
                .contains("\"decision\":\"reuse\"")
                .contains("\"objection\":\"By it, task first significantly forgets what it had learnt.\"");
    }

    @Test
    void taskOutsideTheGroup_andOneThatTheAdapterAnswersAlready_beginAnew() {
        first("words");

        assertThat(work("job_1", new FakeTrainer("words"), STRANGER))
                .contains("\"promoted\":true", "\"group\":null")
                .doesNotContain("decision");
        assertThat(work("job_2", new FakeTrainer("words"), FIRST))
                .contains("\"promoted\":true", "\"group\":\"g-first\"")
                .doesNotContain("decision");
        assertThat(shelf.kept()).extracting(AdapterShelf.Kept::id).containsExactly("job_1", "job_2");
    }

    @Test
    void adapterThatAnswersATaskOutsideTheGroupToo_isNotTheGroups() {
        first("words", FIRST, STRANGER);
        Ensemble stranger = school.active().of(STRANGER);

        assertThat(work("job_1", new FakeTrainer("words"), SECOND))
                .contains("\"promoted\":true", "\"group\":\"g-first\"")
                .doesNotContain("decision");

        assertThat(school.active().of(STRANGER)).isSameAs(stranger);
    }

    @Test
    void waysAreHeldAgainstOneAnother_byWhatAllOfThemAnswered_whateverIsTaughtMeanwhile() {
        first("words");

        JobWork.Outcome outcome = work(
                "job_1",
                new FakeTrainer("words"),
                once(
                        "own",
                        () -> teach(SECOND, teachings(new TaskId("meanwhile")).subList(0, 16))),
                SECOND);

        assertThat(outcome.result())
                .contains("\"decision\":\"reuse\"")
                .contains("\"strategy\":\"lora\",\"objective\":\"contrast\",\"examples\":24,")
                .as("each judges once, but one of 22 in the first fold, of which 16 are held out at most")
                .contains("\"strategy\":\"lora\",\"objective\":\"contrast\",\"examples\":39,");
    }

    private void erase(TaskId task, Set<String> learntFrom) {
        List<Example> all = new ArrayList<>();
        school.store().examples(task).forEach(all::add);
        Example learnt = all.stream()
                .filter(example -> learntFrom.contains(
                        ContentKey.of(example.teaching().input()).hex()))
                .findFirst()
                .orElseThrow();
        school.teacher().forget(task, learnt.id());
    }

    @Test
    void exampleOfAnOldTaskThatIsErased_endsWhatWentOnFromIt_inAllItsTasks() {
        AdapterShelf.Kept first = first("blind");
        String ships = digest(STRANGER);
        work("job_1", new FakeTrainer("words"), SECOND);
        assertThat(digest(SECOND)).isNotEqualTo(ships);

        erase(FIRST, first.learntFrom());

        assertThat(shelf.kept()).isEmpty();
        assertThat(digest(FIRST)).isEqualTo(ships);
        assertThat(digest(SECOND)).isEqualTo(ships);
    }

    @Test
    void exampleOfAnOldTaskThatIsErasedMeanwhile_keepsWhatGoesOnFromServing() {
        AdapterShelf.Kept first = first("blind");
        String ships = digest(STRANGER);

        JobWork.Outcome outcome =
                work("job_1", new FakeTrainer("words"), once("share", () -> erase(FIRST, first.learntFrom())), SECOND);

        assertThat(outcome.result()).contains("\"promoted\":false", "was erased meanwhile");
        assertThat(shelf.kept()).isEmpty();
        assertThat(digest(SECOND)).isEqualTo(ships);
    }

    @Test
    void order_keepsItsMerge() {
        RefreshOrder order = new RefreshOrder(
                Aim.LEARN,
                "lora",
                "contrast",
                List.of(FIRST),
                Duration.ofMinutes(3),
                7,
                MergeKind.LCIA_PAPER,
                List.of());

        assertThat(RefreshOrder.of(order.toBytes())).isEqualTo(order);
    }
}
