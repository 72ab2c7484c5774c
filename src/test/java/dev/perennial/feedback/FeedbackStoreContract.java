// SPDX-License-Identifier: Apache-2.0
package dev.perennial.feedback;

import static dev.perennial.feedback.Answers.mistake;
import static dev.perennial.feedback.Answers.tested;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.feedback.FeedbackStore.Bounds;
import dev.perennial.task.Answer;
import dev.perennial.task.ContentKey;
import dev.perennial.task.EncodedTeaching;
import dev.perennial.task.Idempotency;
import dev.perennial.task.InputKind;
import dev.perennial.task.Kind;
import dev.perennial.task.Policy;
import dev.perennial.task.Task;
import dev.perennial.task.TaskId;
import dev.perennial.task.TaskStore;
import dev.perennial.task.Teaching;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link FeedbackStore} keeps to. */
public abstract class FeedbackStoreContract {
    private static final TaskId MOOD = new TaskId("mood");
    private static final TaskId OTHER = new TaskId("other");
    private static final Bounds WIDE = new Bounds(100, 100);

    private FeedbackStore store;

    /** Stores without anything in them, of one service. */
    protected abstract FeedbackStore create();

    protected abstract TaskStore tasks();

    @BeforeEach
    void createStores() {
        store = create();
        for (TaskId id : List.of(MOOD, OTHER)) {
            tasks().define(new Task(
                    id, Kind.CLASSIFICATION, InputKind.TEXT, "", List.of(), Optional.empty(), Policy.DEFAULT));
        }
    }

    private String teach(TaskId task, String text) {
        return teach(task, Teaching.of(Answers.input(text), new Answer.OneLabel("bad")));
    }

    private String teach(TaskId task, Teaching teaching) {
        return tasks().teach(
                        task,
                        List.of(new EncodedTeaching(teaching, Map.of())),
                        Optional.empty(),
                        outcome -> new Idempotency.Reply(200, "{}"))
                .rows()
                .get(0)
                .exampleId();
    }

    private void mistaken(TaskId task, String text) {
        assertThat(store.keep(tested(task, "", false), Optional.of(mistake(task, teach(task, text), text)), WIDE))
                .isTrue();
    }

    private List<String> keys(Optional<TaskId> task, String before, int limit) {
        return store.mistakes(task, before, limit).stream()
                .map(mistake -> mistake.key().hex())
                .toList();
    }

    private static String key(String text) {
        return mistake(MOOD, "", text).key().hex();
    }

    @Test
    void testedAnswers_readBackEqual_oldestFirst() {
        TestedAnswer first = tested(MOOD, "pr_0000000000000001", true);
        TestedAnswer second = tested(MOOD, "", false);
        assertThat(store.keep(first, Optional.empty(), WIDE)).isTrue();
        assertThat(store.keep(tested(OTHER, "", true), Optional.empty(), WIDE)).isTrue();
        assertThat(store.keep(second, Optional.empty(), WIDE)).isTrue();

        assertThat(store.latest(MOOD, 9)).containsExactly(first, second);
        assertThat(store.latest(MOOD, 1)).containsExactly(second);
    }

    @Test
    void anAnswer_isTestedOnce() {
        store.keep(tested(MOOD, "pr_0000000000000001", true), Optional.empty(), WIDE);

        Mistake again = mistake(MOOD, teach(MOOD, "oh no"), "oh no");
        assertThat(store.keep(tested(MOOD, "pr_0000000000000001", false), Optional.of(again), WIDE))
                .isFalse();

        assertThat(store.latest(MOOD, 9)).containsExactly(tested(MOOD, "pr_0000000000000001", true));
        assertThat(store.mistakes(MOOD)).isZero();
    }

    @Test
    void mistakes_readBackEqual_latestFirst() {
        mistaken(MOOD, "one");
        mistaken(OTHER, "two");
        mistaken(MOOD, "three");

        List<Mistake> all = store.mistakes(Optional.empty(), "", 9);
        assertThat(keys(Optional.empty(), "", 9)).containsExactly(key("three"), key("two"), key("one"));
        assertThat(keys(Optional.of(MOOD), "", 9)).containsExactly(key("three"), key("one"));
        assertThat(keys(Optional.empty(), all.get(0).id(), 1)).containsExactly(key("two"));
        assertThat(all).extracting(Mistake::id).allMatch(id -> id.matches("mi_[0-9]{16}"));
        Mistake expected = mistake(MOOD, all.get(0).exampleId(), "three");
        assertThat(all.get(0)).usingRecursiveComparison().ignoringFields("id").isEqualTo(expected);
        assertThat(store.mistakes(MOOD)).isEqualTo(2);
    }

    /** Teaches what corrects a text, in place of what corrected it before. */
    private FeedbackStore.Truth correction(String text, String label) {
        Teaching teaching = new Teaching(
                Answers.input(text),
                new Answer.OneLabel(label),
                Optional.of(Teaching.CORRECTION + key(text)),
                1,
                Optional.empty());
        String example = teach(MOOD, teaching);
        return new FeedbackStore.Truth(
                MOOD, ContentKey.of(teaching.input()), teaching.answer(), example, Answers.AT.plusSeconds(9));
    }

    private void mistakenAndCorrected(String text) {
        FeedbackStore.Truth first = correction(text, "bad");
        store.correct(first);
        store.keep(tested(MOOD, "", false), Optional.of(mistake(MOOD, first.exampleId(), text)), WIDE);
    }

    @Test
    void aMistakeThatIsCorrectedAgain_namesTheLatestTruthAndItsExample() {
        mistakenAndCorrected("oh no");
        mistakenAndCorrected("what a day");

        FeedbackStore.Truth latest = correction("oh no", "awful");
        store.correct(latest);

        List<Mistake> mistakes = store.mistakes(Optional.of(MOOD), "", 9);
        assertThat(mistakes).hasSize(2);
        assertThat(mistakes.get(0).said().right()).isEqualTo(new Answer.OneLabel("bad"));
        assertThat(mistakes.get(0).at()).isEqualTo(Answers.AT);
        assertThat(mistakes.get(1).said().right()).isEqualTo(new Answer.OneLabel("awful"));
        assertThat(mistakes.get(1).exampleId()).isEqualTo(latest.exampleId());
        assertThat(mistakes.get(1).at()).isEqualTo(latest.at());
    }

    @Test
    void aMistakeThatWasNone_isErased() {
        mistakenAndCorrected("oh no");

        store.correct(correction("oh no", "good"));

        assertThat(store.mistakes(MOOD)).isZero();
    }

    @Test
    void anotherExampleOfTheSameText_leavesAMistakeAsItIs() {
        mistaken(MOOD, "oh no");
        Mistake before = store.mistakes(Optional.of(MOOD), "", 9).get(0);

        store.correct(correction("oh no", "awful"));

        assertThat(store.mistakes(Optional.of(MOOD), "", 9))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(before);
    }

    @Test
    void tooMany_dropTheOldest() {
        Bounds few = new Bounds(3, 2);
        for (int i = 0; i < 6; i++) {
            String text = "text " + i;
            store.keep(tested(MOOD, "pr_" + i, false), Optional.of(mistake(MOOD, teach(MOOD, text), text)), few);
        }

        assertThat(store.latest(MOOD, 9))
                .extracting(answer -> answer.predictionId().orElseThrow())
                .containsExactly("pr_3", "pr_4", "pr_5");
        assertThat(keys(Optional.of(MOOD), "", 9)).containsExactly(key("text 5"), key("text 4"));
    }

    @Test
    void aMistakeWhoseExampleIsGone_isNotKept() {
        String example = teach(MOOD, "oh no");
        tasks().forget(MOOD, example);

        assertThat(store.keep(tested(MOOD, "", false), Optional.of(mistake(MOOD, example, "oh no")), WIDE))
                .isTrue();

        assertThat(store.mistakes(MOOD)).isZero();
        assertThat(store.latest(MOOD, 9)).hasSize(1);
    }

    @Test
    void erasingAnExample_erasesMistakesAboutTheSameText() {
        mistaken(MOOD, "one");
        mistaken(MOOD, "two");
        mistaken(OTHER, "one");

        tasks().forget(MOOD, store.mistakes(Optional.of(MOOD), "", 9).get(1).exampleId());

        assertThat(keys(Optional.empty(), "", 9)).containsExactly(key("one"), key("two"));
        assertThat(keys(Optional.of(MOOD), "", 9)).containsExactly(key("two"));
        assertThat(store.latest(MOOD, 9)).hasSize(2);
    }

    @Test
    void removingTheTask_erasesAllOfIt() {
        mistaken(MOOD, "one");
        mistaken(OTHER, "one");

        tasks().remove(MOOD);

        assertThat(store.latest(MOOD, 9)).isEmpty();
        assertThat(store.mistakes(MOOD)).isZero();
        assertThat(store.mistakes(OTHER)).isOne();
        assertThat(store.keep(tested(MOOD, "", true), Optional.empty(), WIDE)).isFalse();
    }
}
