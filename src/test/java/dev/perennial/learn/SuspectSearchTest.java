// SPDX-License-Identifier: Apache-2.0
package dev.perennial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.refusal.Refusal;
import dev.perennial.task.Answer;
import dev.perennial.task.Input;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Teaching;
import dev.perennial.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SuspectSearchTest {
    private static final List<List<String>> TOPICS = List.of(
            List.of("apple", "pear", "plum", "cherry", "juice"),
            List.of("cloud", "rain", "wind", "storm", "frost"),
            List.of("piano", "flute", "drum", "choir", "tune"));

    private final School school = School.open(School.SMALL);
    private final Random random = new Random(12);

    @AfterEach
    void close() {
        school.close();
    }

    private Input about(int topic) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(TOPICS.get(topic).get(random.nextInt(5))).append(' ');
        }
        return Input.of(new Text(text.append(random.nextInt(1000)).toString()));
    }

    private List<Suspect> suspects() {
        return school.teacher().insight().suspects(School.TASK);
    }

    private String idOf(Input input) {
        return school.store().examples(School.TASK).stream()
                .filter(example -> example.teaching().input().equals(input))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** After the first of several products. */
    @Test
    void whatNobodyWaitsForAnyMore_isGivenUp() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        for (int i = 0; i < 40; i++) {
            school.teach(new Teaching(about(i % 3), new Answer.OneLabel("topic " + i % 3), Optional.empty(), 1));
        }
        AtomicBoolean left = new AtomicBoolean();
        Runnable requireWanted = () -> {
            if (left.get()) {
                throw new Refusal.NotReady("The client has left.", 1);
            }
        };
        school.beforeNextProduct(() -> left.set(true));
        assertThatThrownBy(() -> school.teacher().insight().suspects(School.TASK, requireWanted))
                .isInstanceOf(Refusal.NotReady.class);
        left.set(false);
        school.beforeNextProduct(() -> left.set(true));
        assertThatThrownBy(
                        () -> school.teacher().insight().confusions(School.TASK, "topic 1", "topic 2", requireWanted))
                .isInstanceOf(Refusal.NotReady.class);

        left.set(false);
        assertThat(school.teacher().insight().suspects(School.TASK, requireWanted))
                .isEqualTo(suspects());
    }

    @Test
    void wrongLabels_areListedFirst_withWhatTheyShouldBe() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            teachings.add(Teaching.of(about(i % 3), new Answer.OneLabel("topic" + i % 3)));
        }
        Input wrong = about(0);
        teachings.add(Teaching.of(wrong, new Answer.OneLabel("topic1")));
        school.teach(teachings);

        List<Suspect> suspects = suspects();

        Suspect first = suspects.get(0);
        assertThat(first.exampleId()).isEqualTo(idOf(wrong));
        assertThat(first.given()).isEqualTo(new Answer.OneLabel("topic1"));
        assertThat(first.suggested()).isEqualTo(new Answer.OneLabel("topic0"));
        assertThat(first.score()).isBetween(0.6, 1.0);
        assertThat(first.probability().orElseThrow()).isLessThan(0.4);
        assertThat(first.neighbours()).hasSize(5).allSatisfy(near -> {
            assertThat(near.exampleId()).isNotEqualTo(first.exampleId());
            assertThat(near.similarity()).isLessThanOrEqualTo(1);
        });
        assertThat(first.neighbours().get(0).given()).isEqualTo(new Answer.OneLabel("topic0"));
        assertThat(suspects).hasSizeLessThan(5).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
    }

    @Test
    void whileSuspectsAreLookedFor_theTaskCanBeTaught() throws Exception {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT));
        for (int i = 0; i < 20; i++) {
            school.teach(Teaching.of(about(i % 3), new Answer.OneLabel("topic" + i % 3)));
        }
        CountDownLatch computing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        school.beforeNextProduct(() -> {
            computing.countDown();
            awaitQuietly(goOn);
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Future<List<Suspect>> suspects = threads.submit(this::suspects);
            assertThat(computing.await(60, TimeUnit.SECONDS)).isTrue();
            try {
                Teaching another = Teaching.of(about(0), new Answer.OneLabel("topic0"));
                threads.submit(() -> school.teach(another)).get(60, TimeUnit.SECONDS);
                assertThat(suspects.isDone()).isFalse();
            } finally {
                goOn.countDown();
            }
            assertThat(suspects.get(60, TimeUnit.SECONDS)).isNotNull();
        } finally {
            threads.shutdown();
        }
        assertThat(school.store().examples(School.TASK)).hasSize(21);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void severalLabels_areComparedAsASet() {
        school.teacher().define(School.task(Kind.MULTILABEL, InputKind.TEXT));
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            teachings.add(Teaching.of(about(i % 2), new Answer.Labels(List.of("topic" + i % 2))));
        }
        Input wrong = about(0);
        teachings.add(Teaching.of(wrong, new Answer.Labels(List.of("topic1"))));
        school.teach(teachings);

        Suspect first = suspects().get(0);

        assertThat(first.exampleId()).isEqualTo(idOf(wrong));
        assertThat(first.suggested()).isEqualTo(new Answer.Labels(List.of("topic0")));
        assertThat(first.score()).isBetween(0.5, 1.0);
    }

    @Test
    void scores_areSuspect_whenTheyAreFarOff() {
        school.teacher().define(School.task(Kind.REGRESSION, InputKind.TEXT));
        List<Teaching> teachings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            teachings.add(Teaching.of(about(i % 2), new Answer.Score(i % 2 == 0 ? 1 : 4)));
        }
        Input wrong = about(0);
        teachings.add(Teaching.of(wrong, new Answer.Score(5)));
        school.teach(teachings);

        Suspect first = suspects().get(0);

        assertThat(first.exampleId()).isEqualTo(idOf(wrong));
        assertThat(first.given()).isEqualTo(new Answer.Score(5));
        assertThat(((Answer.Score) first.suggested()).score()).isLessThan(3);
        assertThat(first.probability()).isEmpty();
        assertThat(first.score()).isBetween(0.5, 1.0);
    }

    @Test
    void whatIsTaughtRightly_orNotAtAll_isNotListed() {
        school.teacher().define(School.task(Kind.CLASSIFICATION, InputKind.TEXT, "a", "b"));
        assertThat(suspects()).isEmpty();

        for (int i = 0; i < 20; i++) {
            school.teach(
                    Teaching.of(about(0), new Answer.OneLabel("a")), Teaching.of(about(1), new Answer.OneLabel("b")));
        }
        assertThat(suspects()).isEmpty();
    }
}
