// SPDX-License-Identifier: Apache-2.0
package dev.perennial.adapt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.encode.Encoder;
import dev.perennial.encode.EncoderPool;
import dev.perennial.encode.Encoders;
import dev.perennial.encode.FakeEncoder;
import dev.perennial.ensemble.InstructionVectors;
import dev.perennial.learn.ReferenceSentences;
import dev.perennial.learn.Spreads;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Label;
import dev.perennial.task.MemoryDerivedCache;
import dev.perennial.task.MemoryTaskStore;
import dev.perennial.task.Policy;
import dev.perennial.task.ScoreRange;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TaskGroupsTest {
    private static final String TEAM = "Which team should answer this message?";
    private static final String TEAM_TOO = "Which team should answer this letter?";
    private static final String MOOD = "How does the writer feel?";

    private final AtomicLong seconds = new AtomicLong();
    private final TaskStore store = new MemoryTaskStore(() -> Instant.ofEpochSecond(seconds.get()));
    private final EncoderPool pool = new EncoderPool(1, 10_000_000);
    private final FakeEncoder encoder = new FakeEncoder("a");
    private final Encoders encoders = new Encoders(pool, List.of((Encoder) encoder));
    private final Spreads spreads = new Spreads(ReferenceSentences.read(), new MemoryDerivedCache());
    private final TaskGroups groups = taskGroups();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void tasksThatAskTheSame_share_andSayWhy() {
        define("desk", TEAM);
        define("mood", MOOD);
        define("post", TEAM_TOO);

        assertThat(groups.tasksOf("g-desk")).containsExactly(new TaskId("desk"), new TaskId("post"));
        assertThat(groups.tasksOf("g-mood")).containsExactly(new TaskId("mood"));
        assertThat(decision("desk").ground()).isEqualTo(Decision.Ground.FIRST);
        assertThat(decision("mood").ground()).isEqualTo(Decision.Ground.FAR);
        assertThat(decision("mood").comparedWith()).contains("g-desk");
        assertThat(decision("mood").inWords()).contains("g-desk").contains("threshold");
        Decision post = decision("post");
        assertThat(post.ground()).isEqualTo(Decision.Ground.NEAR);
        assertThat(post.joined()).isTrue();
        assertThat(post.likenesses()).extracting(Decision.Likeness::matcher).containsExactly("embedding", "tf-idf");
        assertThat(post.likenesses()).allSatisfy(likeness -> {
            assertThat(likeness.group()).isEqualTo("g-desk");
            assertThat(likeness.isAlike()).isTrue();
            assertThat(likeness.similarity()).isBetween(likeness.threshold(), 1.0);
        });
    }

    @Test
    void meaningDecides_whateverWordsAloneSay() {
        InstructionSimilarity apart = (one, other) -> 0.1;
        Gathering gathering = new Gathering();
        gathering.add(new Gathering.Asked(new TaskId("a"), Kind.CLASSIFICATION, InputKind.TEXT, TEAM), apart);
        gathering.add(new Gathering.Asked(new TaskId("b"), Kind.CLASSIFICATION, InputKind.TEXT, TEAM_TOO), apart);

        Decision decision = gathering
                .grouping()
                .find("g-b")
                .orElseThrow()
                .placements()
                .get(0)
                .decision();
        assertThat(decision.ground()).isEqualTo(Decision.Ground.FAR);
        assertThat(decision.likenesses().get(1).isAlike()).isTrue();
        assertThat(decision.inWords()).contains("it would belong to g-a");
    }

    @Test
    void theSameWords_areAlwaysTheSameGroup() {
        InstructionSimilarity apart = (one, other) -> -1;
        Gathering gathering = new Gathering();
        gathering.add(new Gathering.Asked(new TaskId("a"), Kind.CLASSIFICATION, InputKind.TEXT, TEAM), apart);
        gathering.add(new Gathering.Asked(new TaskId("b"), Kind.CLASSIFICATION, InputKind.TEXT, TEAM), apart);

        assertThat(gathering.grouping().tasksOf("g-a")).containsExactly(new TaskId("a"), new TaskId("b"));
    }

    @Test
    void anotherKind_anotherInput_orNoInstruction_neverShares() {
        define("desk", TEAM);
        put(new Task(
                new TaskId("several"),
                Kind.MULTILABEL,
                InputKind.TEXT,
                TEAM,
                labels(),
                Optional.empty(),
                Policy.DEFAULT));
        put(new Task(
                new TaskId("pair"),
                Kind.CLASSIFICATION,
                InputKind.PAIR,
                TEAM,
                labels(),
                Optional.empty(),
                Policy.DEFAULT));
        put(new Task(
                new TaskId("score"),
                Kind.REGRESSION,
                InputKind.TEXT,
                TEAM,
                List.of(),
                Optional.of(new ScoreRange(0, 1)),
                Policy.DEFAULT));
        define("silent", "");
        define("mute", "  ");

        assertThat(groups.now().groups())
                .hasSize(6)
                .allSatisfy(group -> assertThat(group.tasks()).hasSize(1));
        assertThat(decision("mute").ground()).isEqualTo(Decision.Ground.NO_INSTRUCTION);
    }

    @Test
    void order_isThatOfDefinition_andOfIdsAtTheSameMoment() {
        define("z", TEAM);
        define("y", TEAM_TOO);
        assertThat(groups.tasksOf("g-z")).containsExactly(new TaskId("z"), new TaskId("y"));

        store.define(task("x", TEAM_TOO));
        store.define(task("w", TEAM_TOO));
        assertThat(groups.tasksOf("g-z")).extracting(TaskId::value).containsExactly("z", "w", "x", "y");
    }

    @Test
    void groups_areTheSame_howeverTheyCameAbout() {
        define("desk", TEAM);
        groups.now();
        define("mood", MOOD);
        groups.now();
        define("post", TEAM_TOO);

        assertThat(groups.now().groups())
                .containsExactlyElementsOf(taskGroups().now().groups());
    }

    @Test
    void removalOfTheFirstTask_andANewInstruction_groupAnew() {
        define("desk", TEAM);
        define("post", TEAM_TOO);
        define("mood", MOOD);
        groups.now();
        store.remove(new TaskId("desk"));
        assertThat(groups.groupOf(new TaskId("post"))).map(TaskGroup::id).contains("g-post");
        assertThat(groups.groupOf(new TaskId("desk"))).isEmpty();

        define("mood", TEAM);
        assertThat(groups.tasksOf("g-post")).containsExactly(new TaskId("post"), new TaskId("mood"));
    }

    @Test
    void instructions_areEmbeddedOnce() {
        define("desk", TEAM);
        define("mood", MOOD);
        groups.now();
        long before = encoder.encoded();
        define("post", TEAM_TOO);
        groups.now();
        groups.now();

        assertThat(encoder.encoded()).isEqualTo(before + 1);
    }

    @Test
    void aLargeGroup_isComparedByItsFirstInstructionsOnly() {
        Gathering gathering = new Gathering();
        AtomicLong compared = new AtomicLong();
        InstructionSimilarity near = (one, other) -> {
            compared.set(other.size());
            return 1;
        };
        for (int i = 0; i < 50; i++) {
            gathering.add(
                    new Gathering.Asked(new TaskId("t" + i), Kind.CLASSIFICATION, InputKind.TEXT, "number " + i), near);
        }

        assertThat(gathering.grouping().tasksOf("g-t0")).hasSize(50);
        assertThat(compared.get()).isEqualTo(32);
    }

    private TaskGroups taskGroups() {
        InstructionVectors vectors =
                new InstructionVectors(encoders, members -> spreads.featureMap(InputKind.TEXT, members));
        return new TaskGroups(store, vectors, GroupAdapters.NONE);
    }

    private Decision decision(String task) {
        return groups.groupOf(new TaskId(task)).orElseThrow().placements().stream()
                .filter(placement -> placement.task().value().equals(task))
                .findFirst()
                .orElseThrow()
                .decision();
    }

    private void define(String id, String instruction) {
        put(task(id, instruction));
    }

    private void put(Task task) {
        seconds.incrementAndGet();
        store.define(task);
    }

    private static Task task(String id, String instruction) {
        return new Task(
                new TaskId(id),
                Kind.CLASSIFICATION,
                InputKind.TEXT,
                instruction,
                labels(),
                Optional.empty(),
                Policy.DEFAULT);
    }

    private static List<Label> labels() {
        return List.of(new Label("a", "the first"), new Label("b", "the second"));
    }
}
