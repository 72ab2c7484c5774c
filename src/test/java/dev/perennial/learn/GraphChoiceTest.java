// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.ensemble.Ensemble;
import dev.perennial.ensemble.Explanation;
import dev.perennial.ensemble.Mode;
import dev.perennial.ensemble.Prediction;
import dev.perennial.knowledge.FakeGraph;
import dev.perennial.knowledge.GraphId;
import dev.perennial.knowledge.LinkedEntity;
import dev.perennial.knowledge.LiveGraph;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task listens to a knowledge graph where its own examples say that this helps. */
final class GraphChoiceTest {
    private static final long SEED = Long.getLong("perennial.seed", 7);
    private static final int KINDS = 3;
    private static final int ENTITIES = 90;
    private static final int TAUGHT = 60;
    private static final GraphId ID = new GraphId("kinds");

    private final List<School> schools = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> kindByName = new HashMap<>();

    GraphChoiceTest() {
        Random random = new Random(SEED);
        for (int i = 0; i < ENTITIES; i++) {
            String name = Integer.toString(random.nextInt(Character.MAX_RADIX * 10_000_000), Character.MAX_RADIX);
            names.add(name);
            kindByName.put(name, i % KINDS);
        }
    }

    @AfterEach
    void close() {
        schools.forEach(School::close);
    }

    /** @param kernelRows examples beyond which heads are learnt over random features */
    private School school(int kernelRows) {
        School school = School.open(
                new FitSettings(kernelRows, 128, 64, 64, 400, List.of(1.0), List.of(0.1), List.of(0.01), 0.25));
        schools.add(school);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        return school;
    }

    private List<Teaching> teachings() {
        return names.subList(0, TAUGHT).stream()
                .map(name -> School.teaching("what is " + name, "kind" + kindByName.get(name)))
                .toList();
    }

    private long right(School school) {
        return names.subList(TAUGHT, ENTITIES).stream()
                .filter(name ->
                        school.predict("what is " + name).label().orElseThrow().equals("kind" + kindByName.get(name)))
                .count();
    }

    private static boolean listens(School school) {
        return school.predict("what is it").membersUsed().contains(ID.memberId());
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 1000})
    void graphThatKnows_answersForEntitiesNeverTaught(int kernelRows) {
        School without = school(kernelRows);
        without.teach(teachings());
        School with = school(kernelRows);
        with.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        with.teach(teachings());

        assertThat(listens(with)).isTrue();
        assertThat(right(with)).as("seed %d", SEED).isEqualTo(ENTITIES - TAUGHT);
        assertThat(right(without)).as("seed %d", SEED).isLessThan(ENTITIES - TAUGHT - 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 1000})
    void graphOfWrongEntities_isNotListenedTo(int kernelRows) {
        School alone = school(kernelRows);
        alone.teach(teachings());
        School school = school(kernelRows);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName).shuffled(SEED)));
        school.teach(teachings());

        assertThat(listens(school)).isFalse();
        assertThat(school.digest()).isEqualTo(alone.digest());
    }

    @Test
    void graphAsItWouldBe_isHeardAside_andChangesNothing() {
        School school = school(1000);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());
        Ensemble before = school.ensemble();
        List<Rehearsal> rehearsed = new ArrayList<>();
        Admittance refusing = (tasks, rehearsals) -> {
            assertThat(tasks).containsExactly(School.TASK);
            rehearsals.apply(School.TASK).ifPresent(rehearsed::add);
            return false;
        };

        boolean same = school.teacher().admits(new FakeGraph(ID, kindByName), refusing);
        boolean wrong = school.teacher().admits(new FakeGraph(ID, kindByName).shuffled(SEED), refusing);

        assertThat(same || wrong).isFalse();
        assertThat(rehearsed.get(0).ensemble().digest()).isEqualTo(before.digest());
        assertThat(rehearsed.get(0).heldOut().apply(0)).hasSize(TAUGHT);
        assertThat(rehearsed.get(1).ensemble().members())
                .noneMatch(member -> member.info().id().equals(ID.memberId()));
        assertThat(school.ensemble()).isSameAs(before);
        assertThat(listens(school)).isTrue();
    }

    /** Of texts about the same entity, any vectors of it tell that it is the same. */
    @Test
    void graphWhoseWrongEntitiesAreAsGood_isNotListenedTo() {
        School alone = school(1000);
        School school = school(1000);
        Map<String, Integer> eight = new HashMap<>();
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            String name = names.get(i % 8);
            eight.put(name, i % 8);
            teachings.add(School.teaching(name + " " + names.get(8 + i), "label" + i % 8));
        }
        school.graphs().add(new LiveGraph(new FakeGraph(ID, eight)));
        alone.teach(teachings);
        school.teach(teachings);

        assertThat(listens(school)).isFalse();
        assertThat(school.digest()).isEqualTo(alone.digest());
    }

    @Test
    void graphThatKnowsNoneOfIt_changesNothing() {
        School alone = school(12);
        alone.teach(teachings());
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, Map.of("elsewhere", 1))));
        school.teach(teachings());

        assertThat(school.digest()).isEqualTo(alone.digest());
    }

    @Test
    void orderOfTeaching_doesNotMatter() {
        School forwards = school(12);
        forwards.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        forwards.teach(teachings());
        School backwards = school(12);
        backwards.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        List<Teaching> reversed = new ArrayList<>(teachings());
        Collections.reverse(reversed);
        reversed.forEach(backwards::teach);

        assertThat(backwards.digest()).isEqualTo(forwards.digest());
    }

    @Test
    void newEntity_isKnownAtOnce() {
        School school = school(1000);
        Map<String, Integer> known = new HashMap<>(kindByName);
        String late = names.get(ENTITIES - 1);
        known.remove(late);
        LiveGraph graph = new LiveGraph(new FakeGraph(ID, known));
        school.graphs().add(graph);
        school.teach(teachings());
        assertThat(entities(school.predict("what is " + late))).isEmpty();

        graph.become(new FakeGraph(ID, kindByName));
        school.teacher().graphsChanged();

        Prediction prediction = school.predict("what is " + late);
        assertThat(prediction.label()).contains("kind" + kindByName.get(late));
        assertThat(entities(prediction)).extracting(LinkedEntity::entity).containsExactly(late);
    }

    private static List<LinkedEntity> entities(Prediction prediction) {
        return prediction.explanation().map(Explanation::entities).orElseThrow();
    }

    /** The heads that were learnt go on with the vectors that they were learnt with. */
    @Test
    void vectorsOfAnotherSpace_areNotMistakenForThoseThatWereLearnt() {
        School school = school(12);
        LiveGraph graph = new LiveGraph(new FakeGraph(ID, kindByName));
        school.graphs().add(graph);
        school.teach(teachings());
        FakeGraph other = new FakeGraph(ID, kindByName).of("another space");

        assertThat(graph.fits(other)).isFalse();
        school.graphs().add(new LiveGraph(other));

        assertThat(right(school)).isEqualTo(ENTITIES - TAUGHT);
        school.teacher().hearAnew();
        assertThat(right(school)).isEqualTo(ENTITIES - TAUGHT);
        assertThat(school.ensemble().members())
                .anyMatch(member -> member == school.graphs().all().get(0).snapshot());
    }

    @Test
    void changedGraph_isLearntAnew() {
        School school = school(12);
        LiveGraph graph = new LiveGraph(new FakeGraph(ID, kindByName).shuffled(SEED));
        school.graphs().add(graph);
        school.teach(teachings());
        graph.become(new FakeGraph(ID, kindByName));

        school.teacher().hearAnew();

        assertThat(listens(school)).isTrue();
        assertThat(right(school)).isEqualTo(ENTITIES - TAUGHT);
    }

    @Test
    void graphThatIsGone_isNotListenedTo() {
        School alone = school(12);
        alone.teach(teachings());
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());
        assertThat(listens(school)).isTrue();

        school.graphs().remove(ID.memberId());
        school.teacher().hearAnew();

        assertThat(school.digest()).isEqualTo(alone.digest());
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 1000})
    void restart_answersTheSameWithoutLearning(int kernelRows) {
        School school = school(kernelRows);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());
        String digest = school.digest();

        School again = school.restarted();
        schools.add(again);

        assertThat(again.digest()).isEqualTo(digest);
        assertThat(listens(again)).isTrue();
        assertThat(right(again)).isEqualTo(ENTITIES - TAUGHT);
    }

    @Test
    void forgetting_leavesNoTrace() {
        School never = school(12);
        never.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        never.teach(teachings().subList(1, TAUGHT));
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        String first = school.teach(teachings().get(0)).rows().get(0).exampleId();
        school.teach(teachings().subList(1, TAUGHT));

        school.teacher().forget(School.TASK, first);

        assertThat(school.digest()).isEqualTo(never.digest());
    }

    @Test
    void explanation_saysWhatTheAnswerIsWithoutTheGraph() {
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());

        Explanation explanation = school.predict("what is " + names.get(ENTITIES - 1))
                .explanation()
                .orElseThrow();

        assertThat(explanation.entities()).singleElement().satisfies(link -> {
            assertThat(link.graph()).isEqualTo(ID.value());
            assertThat(link.weight()).isPositive();
        });
        assertThat(explanation.without()).filteredOn(Explanation.Without::graph).hasSize(1);
    }

    @Test
    void entitiesOfAGraphThatIsNotListenedTo_haveNoWeight() {
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, Map.of("elsewhere", 1))));
        school.teach(teachings());

        List<LinkedEntity> entities = entities(school.predict("what is elsewhere"));

        assertThat(entities)
                .singleElement()
                .satisfies(link -> assertThat(link.weight()).isZero());
    }

    @Test
    void trial_tellsKnowledgeFromItsForm() {
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());

        GraphTrial trial = school.teacher().insight().graphTrials(School.TASK).get(0);

        assertThat(trial.graph()).isEqualTo(ID.memberId());
        assertThat(trial.coverage()).isEqualTo(1);
        assertThat(trial.examples()).isEqualTo(TAUGHT);
        assertThat(trial.with().accuracy()).isGreaterThan(0.95);
        assertThat(trial.shuffled().accuracy()).isLessThan(0.7);
        assertThat(trial.without().accuracy()).isLessThan(0.7);
        assertThat(trial.ladder().deep().accuracy())
                .isGreaterThan(trial.ladder().semi().accuracy());
        assertThat(trial.ladder().semi().loss())
                .isLessThanOrEqualTo(trial.ladder().shallow().loss() + 0.01);
    }

    /** Of many graphs that know nothing of use, one seems to by chance, unless that is reckoned with. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void graphsOfNoUse_areListenedToNoMoreOftenThanChanceIsAllowed(int graphs) {
        int tasks = 60;
        int listening = 0;
        for (int t = 0; t < tasks; t++) {
            Random random = new Random(1000 * SEED + t);
            School school = school(1000);
            List<Teaching> teachings = teachingsWithWords(random);
            for (int g = 0; g < graphs; g++) {
                Map<String, Integer> useless = new HashMap<>();
                names.forEach(name -> useless.put(name, random.nextInt(KINDS)));
                school.graphs().add(new LiveGraph(new FakeGraph(new GraphId("useless" + g), useless)));
            }
            school.teach(teachings);
            listening += school.predict("what is it").membersUsed().size() > 2 ? 1 : 0;
        }
        assertThat(listening)
                .as("of %d tasks beside %d graphs, seed %d", tasks, graphs, SEED)
                .isLessThanOrEqualTo(tasks / 20);
    }

    /** Of which words tell some, so that there is something to be better or worse than. */
    private List<Teaching> teachingsWithWords(Random random) {
        List<String> words = List.of("parcel", "refund", "hello");
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String word = random.nextInt(4) > 0 ? words.get(i % KINDS) : "thing";
            teachings.add(School.teaching("what is " + word + " " + names.get(i), "kind" + i % KINDS));
        }
        return teachings;
    }

    @Test
    void trial_letsTheTaskBeTaughtMeanwhile() throws Exception {
        School school = school(12);
        CountDownLatch dealing = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, Map.of("elsewhere", 1)).dealt(() -> {
                    dealing.countDown();
                    try {
                        mayGoOn.await();
                    } catch (InterruptedException stopping) {
                        Thread.currentThread().interrupt();
                    }
                })));
        school.teach(teachings());
        CompletableFuture<List<GraphTrial>> trials =
                CompletableFuture.supplyAsync(() -> school.teacher().insight().graphTrials(School.TASK));
        dealing.await();

        CompletableFuture.runAsync(() -> school.teach(School.teaching("hello", "kind1")))
                .get(30, TimeUnit.SECONDS);

        assertThat(trials).isNotDone();
        mayGoOn.countDown();
        assertThat(trials.get().get(0).examples()).isEqualTo(TAUGHT);
        assertThat(school.ensemble().examples()).isEqualTo(TAUGHT + 1);
    }

    @Test
    void trial_leavesTheTaskAsItIs() {
        School school = school(12);
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        school.teach(teachings());
        String digest = school.digest();

        school.teacher().insight().graphTrials(School.TASK);

        assertThat(school.digest()).isEqualTo(digest);
    }

    @Test
    void pairs_areLinkedInBothTexts() {
        School school = school(12);
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.PAIR));
        school.graphs().add(new LiveGraph(new FakeGraph(ID, kindByName)));
        List<Teaching> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < TAUGHT; i++) {
            String one = names.get(i);
            String two = names.get((i * 7 + 1) % TAUGHT);
            boolean same = kindByName.get(one).equals(kindByName.get(two));
            pairs.add(Teaching.of(
                    Input.of(new Text(one), new Text(two)), new Answer.OneLabel(same ? "same" : "different")));
        }
        school.teach(pairs);

        assertThat(school.predict(List.of(Input.of(new Text(names.get(70)), new Text(names.get(75)))), Mode.FULL)
                        .get(0)
                        .explanation()
                        .orElseThrow()
                        .entities())
                .hasSize(2);
    }
}
